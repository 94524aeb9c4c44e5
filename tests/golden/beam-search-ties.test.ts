/**
 * Beam search where rounding may decide. Near ties: the same beams at every decision, or the first other choice is a tie
 * in the reference's own scores. Exact ties between twins: whatever is chosen, the texts are the same up to twins.
 */
import { afterAll, describe, expect, it } from "vitest";
import type { Shape } from "../../src/base/arrays.ts";
import type { JsonObject } from "../../src/base/json.ts";
import { type Beam, BeamSearch } from "../../src/generate/beam-search.ts";
import { Decoder } from "../../src/generate/decoder.ts";
import { decoderPrefix, parseGpt2Config } from "../../src/models/gpt2/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { expectWithin } from "../support/expect-close.ts";
import { readGolden } from "../support/golden.ts";
import { portableValues, portableWeights } from "../support/portable.ts";
import { candidateTexts, followSearch, type SearchTrace } from "../support/tied-search.ts";

interface Case extends SearchTrace {
  readonly name: string;
  readonly model: string;
  readonly maxTokens: number;
  readonly margin: number;
  readonly beams: readonly Beam[];
}
interface Manifest {
  readonly prefixLength: number;
  readonly scales: Record<string, number>;
  readonly models: {
    readonly seed: string;
    readonly config: JsonObject;
    readonly parameters: Record<string, Shape>;
    readonly twins: [number, number][];
  }[];
  readonly near: readonly Case[];
  readonly ties: readonly Case[];
}

const runtime = openRuntime();
const { manifest } = readGolden<Manifest>("beam-search-ties");

/** Decoders by model, beams and length, with twins or without: many cases share one. */
const decoders = new Map<string, Promise<Decoder>>();
afterAll(async () => {
  for (const decoder of decoders.values()) await (await decoder)[Symbol.asyncDispose]();
});

function modelOf({ model }: Case) {
  return manifest.models.find(({ seed }) => seed === model)!;
}

function openDecoder(golden: Case, hasTwins: boolean): Promise<Decoder> {
  const { seed, config: json, parameters, twins } = modelOf(golden);
  const config = parseGpt2Config({ model_type: "gpt2", ...json }, seed);
  const weights = portableWeights(seed, parameters, manifest.scales);
  const embeddings = weights.get("wte.weight")!.data;
  const E = config.width;
  for (const [first, second] of hasTwins ? twins : []) {
    embeddings.copyWithin(second * E, first * E, (first + 1) * E);
  }
  const named = new Map([...weights].map(([name, array]) => [`${decoderPrefix}.${name}`, array]));
  const { beam: beams, maxTokens } = golden;
  const shape = { rows: 1, beams, prefixLength: manifest.prefixLength, maxTokens, temperature: 1 };
  return Decoder.open(runtime, config, named, shape);
}

/** The beams that are kept after each step, best first. */
async function trace(golden: Case, hasTwins: boolean): Promise<(readonly Beam[])[]> {
  const key = `${golden.model} ${golden.beam} ${golden.maxTokens} ${hasTwins}`;
  if (!decoders.has(key)) decoders.set(key, openDecoder(golden, hasTwins));
  const decoder = await decoders.get(key)!;
  const width = modelOf(golden).config.n_embd as number;
  const prefix = portableValues(`input/${golden.name}/prefix`, [1, manifest.prefixLength, width]);
  const search = new BeamSearch(golden.beam, golden.stop);
  const [first] = await decoder.start(prefix);
  let extension = search.start(first!);
  const steps = [search.result()];
  while (!search.isFinished && steps.length < golden.maxTokens) {
    extension = search.advance(await decoder.advance(extension.tokens, extension.parents));
    steps.push(search.result());
  }
  return steps;
}

describe("near ties", () => {
  it.each(manifest.near)("$name, $beam beams: a decision by $margin", async (golden) => {
    const steps = await trace(golden, false);
    const { partedAt, gap, scoreDistance } = followSearch(golden, steps);
    expectWithin([scoreDistance], [0], "beamScore", "scores");
    expectWithin([gap], [0], "beamScore", `decision ${partedAt}`);
    if (partedAt !== undefined) return;
    const [best] = steps.at(-1)!;
    const [theirs] = golden.beams;
    if (best!.tokens.join() === theirs!.tokens.join()) return;
    // The last decision is which beam comes first.
    const second = golden.beams.find(({ tokens }) => tokens.join() === best!.tokens.join());
    expectWithin([second!.score], [theirs!.score], "beamScore", "the best beam");
  });

  it("are near", () => {
    expect(manifest.near).toHaveLength(40);
    for (const { margin } of manifest.near) expect(margin).toBeLessThan(2e-5);
  });
});

describe("exact ties", () => {
  it.each(manifest.ties)("$name, $beam beams, $maxTokens tokens", async (golden) => {
    const { twins } = modelOf(golden);
    const first = new Map(twins.map(([first, second]) => [second, first]));
    const asFirst = (kept: readonly Beam[]) =>
      kept.map(({ tokens }) => tokens.map((token) => first.get(token) ?? token).join(" ")).sort();
    const scores = (kept: readonly Beam[]) => kept.map(({ score }) => score).sort((a, b) => b - a);
    const steps = await trace(golden, true);
    const theirs = candidateTexts(golden).map((texts) => texts.slice(0, golden.beam));
    expect(steps.map(asFirst)).toEqual(theirs.map(asFirst));
    for (const [i, kept] of steps.entries()) expectWithin(scores(kept), scores(theirs[i]!), "beamScore", `step ${i}`);
    expect(asFirst(steps.at(-1)!.slice(0, 1))).toEqual(asFirst(golden.beams.slice(0, 1)));
  });

  it("are there: decisions in which the last chosen candidate and the next one have the same score", () => {
    const tied = manifest.ties.filter(({ beam, steps }) =>
      steps.some((step) => step[beam] !== undefined && step[beam - 1]![2] - step[beam]![2] <= 1e-6),
    );
    expect(tied.length).toBeGreaterThan(12);
  });
});
