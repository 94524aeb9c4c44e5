/** Beam search with the cached decoder against the reference's algorithm in PyTorch. */
import { afterAll, describe, expect, it } from "vitest";
import { float32, type Shape } from "../../src/base/arrays.ts";
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

async function decoderFor(
  { model: seed, maxTokens, temperature }: Settings,
  beams: number,
  rows = 1,
): Promise<Decoder> {
  const key = `${seed} ${rows} ${beams} ${maxTokens} ${temperature}`;
  const known = decoders.get(key);
  if (known !== undefined) return known;
  const { config, parameters } = models.get(seed)!;
  const weights = portableWeights(seed, parameters, manifest.scales);
  const named = new Map([...weights].map(([name, array]) => [`${decoderPrefix}.${name}`, array]));
  const gpt2 = parseGpt2Config({ model_type: "gpt2", ...config }, "golden");
  const shape = { rows, beams, prefixLength: manifest.prefixLength, maxTokens, temperature };
  const decoder = await Decoder.open(runtime, gpt2, named, shape);
  decoders.set(key, decoder);
  return decoder;
}

const widthOf = ({ model }: Settings) => models.get(model)!.config.n_embd;

function prefixOf(settings: Settings) {
  return portableValues(`input/${settings.name}/prefix`, [1, manifest.prefixLength, widthOf(settings)]);
}

async function search(settings: Settings, beams: number) {
  const decoder = await decoderFor(settings, beams);
  const [result] = await generateBatch(decoder, prefixOf(settings), 1, settings.stop);
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

  it("of several long texts at once finds what it finds one by one", async () => {
    const [first, ...others] = manifest.cases.filter(({ maxTokens, beam }) => maxTokens === 40 && beam === 5);
    const together = [first!, ...others.filter(({ model }) => model === first!.model)].slice(0, 4);
    expect(together).toHaveLength(4);
    const decoder = await decoderFor(first!, 5, 4);
    const prefixes = together.flatMap((settings) => [...(prefixOf(settings).data as Float32Array)]);
    const shape = [4, manifest.prefixLength, widthOf(first!)];
    const never = -1;
    const found = await generateBatch(decoder, float32(shape, prefixes), 4, never);
    for (const [row, settings] of together.entries()) {
      const alone = await search({ ...settings, stop: never }, 5);
      expect(alone[0]!.tokens).toHaveLength(40);
      expect(found[row]!.map(({ tokens }) => tokens)).toEqual(alone.map(({ tokens }) => tokens));
    }
  });

  it.each(manifest.topP)("$name: top-p as the public code does it", async (golden) => {
    const [best] = await search(golden, 1);
    expect(best!.tokens).toEqual(golden.tokens);
  });
});
