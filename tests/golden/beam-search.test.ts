/** Beam search with the cached decoder against the reference's algorithm in PyTorch. */
import { afterAll, describe, expect, it } from "vitest";
import type { Shape } from "../../src/base/arrays.ts";
import { Decoder } from "../../src/generate/decoder.ts";
import { generateBatch } from "../../src/generate/generate.ts";
import { decoderPrefix, parseGpt2Config } from "../../src/models/gpt2/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { expectWithin } from "../support/expect-close.ts";
import { readGolden } from "../support/golden.ts";
import { portableValues, portableWeights } from "../support/portable.ts";

interface Settings {
  name: string;
  model: string;
  maxTokens: number;
  stop: number;
  temperature: number;
}
interface Manifest {
  prefixLength: number;
  scales: Record<string, number>;
  models: { seed: string; config: { n_embd: number }; parameters: Record<string, Shape> }[];
  cases: (Settings & { beam: number; beams: { tokens: number[]; score: number }[] })[];
  topP: (Settings & { tokens: number[] })[];
}

const runtime = openRuntime();
const { manifest } = readGolden<Manifest>("beam-search");
const models = new Map(manifest.models.map((model) => [model.seed, model]));

/** Decoders by model, beams, length and temperature: many cases share one. */
const decoders = new Map<string, Decoder>();
afterAll(() => Promise.all([...decoders.values()].map((decoder) => decoder[Symbol.asyncDispose]())));

async function decoderFor({ model: seed, maxTokens, temperature }: Settings, beams: number): Promise<Decoder> {
  const key = `${seed} ${beams} ${maxTokens} ${temperature}`;
  const known = decoders.get(key);
  if (known !== undefined) return known;
  const { config, parameters } = models.get(seed)!;
  const weights = portableWeights(seed, parameters, manifest.scales);
  const named = new Map([...weights].map(([name, array]) => [`${decoderPrefix}.${name}`, array]));
  const gpt2 = parseGpt2Config({ model_type: "gpt2", ...config }, "golden");
  const shape = { rows: 1, beams, prefixLength: manifest.prefixLength, maxTokens, temperature };
  const decoder = await Decoder.open(runtime, gpt2, named, shape);
  decoders.set(key, decoder);
  return decoder;
}

async function search(settings: Settings, beams: number) {
  const decoder = await decoderFor(settings, beams);
  const width = models.get(settings.model)!.config.n_embd;
  const prefix = portableValues(`input/${settings.name}/prefix`, [1, manifest.prefixLength, width]);
  const [result] = await generateBatch(decoder, prefix, 1, settings.stop);
  return result!;
}

describe("beam search", () => {
  it.each(manifest.cases)("$name: $beam beams, $maxTokens tokens", async (golden) => {
    const result = await search(golden, golden.beam);
    expect(result.map(({ tokens }) => tokens)).toEqual(golden.beams.map(({ tokens }) => tokens));
    expectWithin(
      result.map(({ score }) => score),
      golden.beams.map(({ score }) => score),
      "beamScore",
    );
  });

  it.each(manifest.topP)("$name: top-p as the public code does it", async (golden) => {
    const [best] = await search(golden, 1);
    expect(best!.tokens).toEqual(golden.tokens);
  });
});
