/** Twenty beam searches over GPT-2 small behind a prefix of 40, against the reference's algorithm over transformers. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import type { Beam } from "../../src/generate/beam-search.ts";
import { Decoder } from "../../src/generate/decoder.ts";
import { generateBatch } from "../../src/generate/generate.ts";
import { decoderPrefix, gpt2Shapes, parseGpt2Config } from "../../src/models/gpt2/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { createTokenizer, type Tokenizer } from "../../src/text/index.ts";
import { gpt2TokenizerFiles } from "../../src/text/node/index.ts";
import { expectWithin } from "../support/expect-close.ts";
import { readGolden } from "../support/golden.ts";
import { portableValues, portableWeights } from "../support/portable.ts";

interface Case {
  readonly name: string;
  readonly stop: number;
  readonly margin: number;
  readonly beams: readonly Beam[];
  readonly text: string;
}
interface Manifest {
  readonly seed: string;
  readonly config: JsonObject;
  readonly prefixLength: number;
  readonly scales: Record<string, number>;
  readonly cases: readonly Case[];
}

const { manifest } = readGolden<Manifest>("beam-search-full");
const config = parseGpt2Config({ model_type: "gpt2", ...manifest.config }, manifest.seed);

describe("beam search at full size", () => {
  let decoder: Decoder;
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    const weights = portableWeights(manifest.seed, Object.fromEntries(gpt2Shapes(config)), manifest.scales);
    const named = new Map([...weights].map(([name, array]) => [`${decoderPrefix}.${name}`, array]));
    const shape = { rows: 1, beams: 5, prefixLength: manifest.prefixLength, maxTokens: 15, temperature: 1 };
    decoder = await Decoder.open(openRuntime(), config, named, shape);
    const files = await gpt2TokenizerFiles();
    tokenizer = createTokenizer(files["tokenizer.json"], files["tokenizer_config.json"], "tokenizer.json");
  });
  afterAll(() => decoder[Symbol.asyncDispose]());

  it.each(manifest.cases)("$name, decided by $margin at least", async ({ name, stop, beams, text }) => {
    const prefix = portableValues(`input/${name}/prefix`, [1, manifest.prefixLength, config.width]);
    const [found] = await generateBatch(decoder, prefix, 1, stop);
    expect(found!.map(({ tokens }) => tokens)).toEqual(beams.map(({ tokens }) => tokens));
    expect(tokenizer.decode(found![0]!.tokens)).toBe(text);
    const scores = (all: readonly Beam[]) => all.map(({ score }) => score);
    expectWithin(scores(found!), scores(beams), "beamScore");
  });

  it("are twenty different texts, some of which end before the last token", () => {
    expect(new Set(manifest.cases.map(({ text }) => text)).size).toBe(20);
    const lengths = manifest.cases.map(({ beams }) => beams[0]!.tokens.length);
    expect(new Set(lengths).size).toBeGreaterThan(3);
  });
});
