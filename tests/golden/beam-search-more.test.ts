/** Beam search over 1, 15 and 67 tokens against the reference's algorithm in PyTorch, by hashes of all beams. */
import { afterAll, describe, expect, it } from "vitest";
import type { Shape } from "../../src/base/arrays.ts";
import type { JsonObject } from "../../src/base/json.ts";
import { sha256 } from "../../src/base/node/hash.ts";
import { Decoder } from "../../src/generate/decoder.ts";
import { generateBatch } from "../../src/generate/generate.ts";
import { decoderPrefix, parseGpt2Config } from "../../src/models/gpt2/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { expectWithin } from "../support/expect-close.ts";
import { readGolden } from "../support/golden.ts";
import { portableValues, portableWeights } from "../support/portable.ts";

interface Case {
  readonly name: string;
  readonly model: string;
  readonly beam: number;
  readonly maxTokens: number;
  readonly stop: number;
  readonly scores: number[];
  readonly tokens: string;
}
interface Manifest {
  readonly prefixLength: number;
  readonly scales: Record<string, number>;
  readonly models: { readonly seed: string; readonly config: JsonObject; readonly parameters: Record<string, Shape> }[];
  readonly cases: Case[];
}

const runtime = openRuntime();
const { manifest } = readGolden<Manifest>("beam-search-more");
const models = manifest.models.map(({ seed, config, parameters }) => {
  const weights = portableWeights(seed, parameters, manifest.scales);
  const named = new Map([...weights].map(([name, array]) => [`${decoderPrefix}.${name}`, array]));
  return { seed, config: parseGpt2Config({ model_type: "gpt2", ...config }, seed), weights: named };
});

/** Decoders by model, beams and length: many cases share one. */
const decoders = new Map<string, Promise<Decoder>>();
afterAll(async () => {
  for (const decoder of decoders.values()) await (await decoder)[Symbol.asyncDispose]();
});

describe("beam search, 300 more", () => {
  it.each(manifest.cases)(
    "$name: $beam beams, $maxTokens tokens",
    async ({ name, model, beam, maxTokens, ...golden }) => {
      const { config, weights } = models.find(({ seed }) => seed === model)!;
      const key = `${model} ${beam} ${maxTokens}`;
      const shape = { rows: 1, beams: beam, prefixLength: manifest.prefixLength, maxTokens, temperature: 1 };
      if (!decoders.has(key)) decoders.set(key, Decoder.open(runtime, config, weights, shape));
      const prefix = portableValues(`input/${name}/prefix`, [1, manifest.prefixLength, config.width]);
      const [result] = await generateBatch(await decoders.get(key)!, prefix, 1, golden.stop);
      expect(sha256(JSON.stringify(result!.map(({ tokens }) => tokens)))).toBe(golden.tokens);
      expectWithin(
        result!.map(({ score }) => score),
        golden.scores,
        "beamScore",
      );
    },
  );
});
