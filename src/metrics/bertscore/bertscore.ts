/**
 * BERTScore as bert_score 0.3.13 computes it (METRICS §7): texts are compared token by token in the hidden states of one
 * layer of an encoder. The corpus value is the mean of the items' F1.
 */
import { DataError, ModelError } from "../../base/errors.ts";
import { type Reporter, silentReporter } from "../../base/reporter.ts";
import { bertGraph, longestText } from "../../models/bert/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import { pythonStrip, withEnds } from "../../text/index.ts";
import { type EncoderModel, SequenceEncoder } from "../encoder/sequence-encoder.ts";
import { meansOf } from "../measurement.ts";
import type { OpenMemory } from "../memory.ts";
import type { Metric, Pair } from "../metric.ts";
import type { Baseline } from "./baselines.ts";
import { greedyMatch, type Match, type TokenVectors, toUnitRows } from "./greedy-matching.ts";
import { equalWeights, inverseFrequencies, type TokenWeight } from "./token-weights.ts";
import { VectorCache } from "./vector-cache.ts";

export interface BertScoreOptions {
  readonly runtime: Runtime;
  /** Reads the encoder. Called by every measurement, so that its memory is not held between them. */
  readonly load: () => Promise<EncoderModel>;
  /** Whose output is compared: 0 the embeddings, n the n-th block. */
  readonly layer: number;
  /** The row with which scores are rescaled, so that unrelated sentences get 0; none leaves them raw. */
  readonly baseline?: Baseline;
  /** Weigh tokens by how few of the references have them. */
  readonly idf?: boolean;
  /** Of the values of pairs by this encoder, layer and baseline; not used with `idf`, which looks at all references. */
  readonly memory?: OpenMemory;
}

/** Values of each pair, in order. */
export interface BertScores {
  readonly precision: Float64Array;
  readonly recall: Float64Array;
  readonly f1: Float64Array;
}

/** Vectors of texts kept for when they come again, and those of the pairs scored together. */
const cacheBytes = 256e6;
const groupBytes = 64e6;

const column = "BERTScore";

/** The metric; texts that come again, in this set or the next one, are encoded once as far as memory allows. */
export function bertScore(options: BertScoreOptions): Metric {
  const cache = new VectorCache(cacheBytes);
  return {
    name: "BERTScore",
    columns: [column],
    async measure(pairs, reporter) {
      let encoder = "";
      const load = async () => {
        const model = await options.load();
        const { family, layers, width } = model.config;
        encoder = `${family}, output ${options.layer} of ${layers} layers of width ${width}`;
        return model;
      };
      const { precision, recall, f1 } = await bertScores(pairs, { ...options, load }, reporter, cache);
      return meansOf({ [column]: f1 }, { encoder, precision: mean(precision), recall: mean(recall) });
    },
  };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Precision, recall and F1 of every pair. Of several references the best value counts, for each of the three on its own.
 * @param cache of vectors by this encoder and layer
 * @throws ModelError when the encoder has no such layer
 */
export async function bertScores(
  pairs: readonly Pair[],
  { runtime, load, layer, baseline, idf = false, memory: openMemory }: BertScoreOptions,
  reporter: Reporter = silentReporter,
  cache: VectorCache = new VectorCache(cacheBytes),
): Promise<BertScores> {
  const model = await load();
  if (layer > model.config.layers) {
    throw new ModelError("The encoder has no such layer.", {
      where: "BERTScore",
      expected: `a layer from 0 to ${model.config.layers}`,
      found: `${layer}`,
      remedy: "Give the folder of the encoder that the profile names.",
    });
  }
  const memory = idf ? undefined : await openMemory?.();
  const tokens = tokenize(pairs, model);
  const weightOf = idf ? inverseFrequencies(referencesOf(pairs, tokens)) : equalWeights(model.tokenizer);
  const scores = emptyScores(pairs.length);
  const missing = pairs.flatMap((pair, i) => (takeKnown(scores, i, memory?.get(keyOf(pair))) ? [] : [i]));
  if (missing.length === 0) return scores;
  await using encoder = new SequenceEncoder(runtime, model, (shape) =>
    bertGraph(model.config, shape, { layers: layer }),
  );
  const progress = reporter.progress("BERTScore", missing.length);
  for (const group of groupsOf(pairs, missing, tokens, model.config.width)) {
    const unread = distinct(group.flatMap((i) => textsOf(pairs[i]!))).filter((text) => cache.get(text) === undefined);
    const sequences = unread.map((text) => tokens.get(text)!);
    const keep = (i: number, states: Float32Array) =>
      cache.set(unread[i]!, toUnitRows(states.slice(), model.config.width));
    await encoder.encode(sequences, keep, reporter);
    for (const i of group) {
      const matches = matchesOf(pairs[i]!, (text) => tokenVectors(tokens.get(text)!, cache.get(text)!, weightOf));
      store(scores, i, rescaled(best(matches), baseline));
    }
    cache.trim();
    await memory?.add(group.map((i) => [keyOf(pairs[i]!), valuesAt(scores, i)]));
    progress.advance(group.length);
  }
  progress.done();
  return scores;
}

function textsOf({ hypothesis, references }: Pair): readonly string[] {
  return [hypothesis, ...references];
}

/** By what a memory knows a pair. */
function keyOf(pair: Pair): string {
  return JSON.stringify(textsOf(pair));
}

function valuesAt({ precision, recall, f1 }: BertScores, i: number): readonly number[] {
  return [precision[i]!, recall[i]!, f1[i]!];
}

/** Puts what a memory has of a pair to its place; false when it has nothing. */
function takeKnown(scores: BertScores, i: number, reading: unknown): boolean {
  if (!Array.isArray(reading) || reading.length !== 3 || !reading.every(Number.isFinite)) return false;
  const [precision, recall, f1] = reading as [number, number, number];
  store(scores, i, { precision, recall, f1 });
  return true;
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

/** Token ids of every text, start and end among them; of a text too long the first are kept. */
function tokenize(pairs: readonly Pair[], { config, tokenizer }: EncoderModel): ReadonlyMap<string, readonly number[]> {
  const longest = Math.min(tokenizer.maxLength, longestText(config));
  const front = config.family === "roberta" ? " " : ""; // bert_score asks for a first word like any other
  const idsOf = (text: string) => {
    const stripped = pythonStrip(text);
    return withEnds(tokenizer, stripped === "" ? [] : tokenizer.pieces(front + stripped), longest);
  };
  return new Map(distinct(pairs.flatMap(textsOf)).map((text) => [text, idsOf(text)]));
}

function* referencesOf(pairs: readonly Pair[], tokens: ReadonlyMap<string, readonly number[]>) {
  for (const { references } of pairs) for (const reference of references) yield tokens.get(reference)!;
}

/** Pairs alike in length, as many together as their vectors fill the memory meant for them. */
function* groupsOf(
  pairs: readonly Pair[],
  chosen: readonly number[],
  tokens: ReadonlyMap<string, readonly number[]>,
  width: number,
): Generator<readonly number[]> {
  const sizes = pairs.map((pair) => textsOf(pair).reduce((sum, text) => sum + tokens.get(text)!.length, 0));
  const order = [...chosen].sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  let group: number[] = [];
  let bytes = 0;
  for (const i of order) {
    const more = 4 * width * sizes[i]!;
    if (group.length > 0 && bytes + more > groupBytes) {
      yield group;
      [group, bytes] = [[], 0];
    }
    group.push(i);
    bytes += more;
  }
  if (group.length > 0) yield group;
}

function tokenVectors(ids: readonly number[], vectors: Float32Array, weightOf: TokenWeight): TokenVectors {
  return { vectors, weights: ids.map(weightOf) };
}

function matchesOf({ hypothesis, references }: Pair, vectorsOf: (text: string) => TokenVectors): readonly Match[] {
  if (references.length === 0) throw new DataError("BERTScore needs a reference.", { where: "references", found: "0" });
  const said = vectorsOf(hypothesis);
  return references.map((reference) => greedyMatch(said, vectorsOf(reference)));
}

function best(matches: readonly Match[]): Match {
  const most = (value: (match: Match) => number) => Math.max(...matches.map(value));
  return { precision: most((m) => m.precision), recall: most((m) => m.recall), f1: most((m) => m.f1) };
}

/** Each value by its own column: F1 is not computed again. */
function rescaled(match: Match, baseline: Baseline | undefined): Match {
  if (baseline === undefined) return match;
  const rescale = (value: number, unrelated: number) => (value - unrelated) / (1 - unrelated);
  const [precision, recall, f1] = baseline;
  return {
    precision: rescale(match.precision, precision),
    recall: rescale(match.recall, recall),
    f1: rescale(match.f1, f1),
  };
}

function emptyScores(count: number): BertScores {
  return { precision: new Float64Array(count), recall: new Float64Array(count), f1: new Float64Array(count) };
}

function store(scores: BertScores, i: number, match: Match): void {
  scores.precision[i] = match.precision;
  scores.recall[i] = match.recall;
  scores.f1[i] = match.f1;
}
