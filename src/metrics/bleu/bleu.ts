/** BLEU-1 to BLEU-4 as coco-caption's BleuScorer computes them (METRICS §1): white-space tokens, closest reference length. */
import { pythonSplit } from "../../text/index.ts";
import type { ColumnScores, Metric, Pair } from "../metric.ts";
import { countNgrams } from "../ngrams.ts";

const orders = [1, 2, 3, 4] as const;

/** The scorer's constants: since small > tiny, an identical pair scores a little below 1. */
const small = 1e-9;
const tiny = 1e-15;

/** What an item adds to the corpus; sums of these are the statistics of the corpus. */
interface BleuStatistics {
  /** Matching n-grams by order, clipped to the reference's counts. */
  readonly correct: readonly number[];
  /** N-grams of the hypothesis by order. */
  readonly guessed: readonly number[];
  readonly hypothesisLength: number;
  readonly referenceLength: number;
}

/** Length nearest to the hypothesis's; of two equally near ones the shorter. */
function closestLength(lengths: readonly number[], target: number): number {
  return lengths.reduce((best, length) => {
    const [a, b] = [Math.abs(length - target), Math.abs(best - target)];
    return a < b || (a === b && length < best) ? length : best;
  });
}

function statisticsOf({ hypothesis, references }: Pair): BleuStatistics {
  const tokens = pythonSplit(hypothesis);
  const referenceTokens = references.map(pythonSplit);
  const correct = orders.map((order) => {
    const counts = referenceTokens.map((reference) => countNgrams(reference, order));
    let sum = 0;
    for (const [ngram, count] of countNgrams(tokens, order)) {
      sum += Math.min(count, Math.max(...counts.map((reference) => reference.get(ngram) ?? 0)));
    }
    return sum;
  });
  return {
    correct,
    guessed: orders.map((order) => Math.max(0, tokens.length - order + 1)),
    hypothesisLength: tokens.length,
    referenceLength: closestLength(
      referenceTokens.map(({ length }) => length),
      tokens.length,
    ),
  };
}

function sumOf(items: readonly BleuStatistics[]): BleuStatistics {
  const total = (part: (item: BleuStatistics) => number) => items.reduce((sum, item) => sum + part(item), 0);
  return {
    correct: orders.map((_, k) => total(({ correct }) => correct[k]!)),
    guessed: orders.map((_, k) => total(({ guessed }) => guessed[k]!)),
    hypothesisLength: total(({ hypothesisLength }) => hypothesisLength),
    referenceLength: total(({ referenceLength }) => referenceLength),
  };
}

/** BLEU of every order from the statistics of an item or a corpus. */
function bleuOf({ correct, guessed, hypothesisLength, referenceLength }: BleuStatistics): number[] {
  const ratio = (hypothesisLength + tiny) / (referenceLength + small);
  const brevity = ratio < 1 ? Math.exp(1 - 1 / ratio) : 1;
  let product = 1;
  return orders.map((order, k) => {
    product *= (correct[k]! + tiny) / (guessed[k]! + small);
    return product ** (1 / order) * brevity;
  });
}

export const bleu: Metric = {
  name: "BLEU",
  columns: orders.map((order) => `BLEU-${order}`),
  score(pairs) {
    const statistics = pairs.map(statisticsOf);
    const items = statistics.map(bleuOf);
    const corpus = bleuOf(sumOf(statistics));
    return new Map<string, ColumnScores>(
      this.columns.map((column, k) => [column, { corpus: corpus[k]!, items: items.map((item) => item[k]!) }]),
    );
  },
};
