/** Beam search over GPT-2 small with the paper's sizes against the reference's algorithm in PyTorch. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { Decoder } from "../../src/generate/decoder.ts";
import { generateBatch } from "../../src/generate/generate.ts";
import { decoderPrefix, gpt2Shapes, parseGpt2Config } from "../../src/models/gpt2/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { expectClose } from "../support/expect-close.ts";
import { readGolden } from "../support/golden.ts";
import { portableValues, portableWeights } from "../support/portable.ts";

interface Manifest {
  readonly seed: string;
  readonly config: JsonObject;
  readonly prefixLength: number;
  readonly scales: Record<string, number>;
  readonly cases: readonly {
    readonly name: string;
    readonly beam: number;
    readonly maxTokens: number;
    readonly stop: number;
    readonly beams: readonly { readonly tokens: number[]; readonly score: number }[];
  }[];
}

describe("beam search at full size", () => {
  const { manifest } = readGolden<Manifest>("beam-search-full");
  const gpt2 = parseGpt2Config({ model_type: "gpt2", ...manifest.config }, "golden");
  const { prefixLength } = manifest;
  let decoder: Decoder;

  beforeAll(async () => {
    const weights = portableWeights(manifest.seed, Object.fromEntries(gpt2Shapes(gpt2)), manifest.scales);
    const named = new Map([...weights].map(([name, array]) => [`${decoderPrefix}.${name}`, array]));
    const shape = { rows: 1, beams: 5, prefixLength, maxTokens: 15, temperature: 1 };
    decoder = await Decoder.open(openRuntime(), gpt2, named, shape);
  });
  afterAll(() => decoder[Symbol.asyncDispose]());

  it.each(manifest.cases)("$name", async ({ name, beam, maxTokens, stop, beams }) => {
    expect([beam, maxTokens]).toEqual([5, 15]);
    const prefix = portableValues(`input/${name}/prefix`, [1, prefixLength, gpt2.width]);
    const [found] = await generateBatch(decoder, prefix, 1, stop);
    expect(found!.map(({ tokens }) => tokens)).toEqual(beams.map(({ tokens }) => tokens));
    expectClose(
      found!.map(({ score }) => score),
      beams.map(({ score }) => score),
      "beamScore",
    );
  });
});
