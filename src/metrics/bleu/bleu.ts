/** BLEU-1 to BLEU-4 as coco-caption's BleuScorer computes them (METRICS §1): white-space tokens, closest reference length. */
import { pythonSplit } from "../../text/python-strings.ts";
import type { Measurement, Pair, TextMetric } from "../metric.ts";
import { IdCounts, NgramTrie } from "../ngram-trie.ts";

const orders = [1, 2, 3, 4] as const;
const columns = orders.map((order) => `BLEU-${order}`);

/** The scorer's constants: since small > tiny, an identical pair scores a little below 1. */
const small = 1e-9;
const tiny = 1e-15;

/** What an item adds to the corpus: matches and n-grams of the hypothesis by order, then the two lengths. */
const width = 2 * orders.length + 2;
const guessedAt = orders.length;
const hypothesisLengthAt = 2 * orders.length;
const referenceLengthAt = hypothesisLengthAt + 1;

/** Length nearest to the hypothesis's; of two equally near ones the shorter. */
function closestLength(lengths: readonly number[], target: number): number {
  return lengths.reduce((best, length) => {
    const [a, b] = [Math.abs(length - target), Math.abs(best - target)];
    return a < b || (a === b && length < best) ? length : best;
  });
}

/**
 * Counts the matches of texts with their references. Its tables hold one pair's n-grams at a time, so they stay in the
 * processor's nearest memory however many pairs there are.
 */
class MatchCounter {
  readonly #trie = new NgramTrie();
  /** How often each n-gram of the references may still match. */
  readonly #allowed = new IdCounts();
  /** Counts of one reference; 0 between two. */
  readonly #seen = new IdCounts();

  /** Fills the pair's row of statistics, `width` numbers from `start` on. */
  count({ hypothesis, references }: Pair, statistics: Float64Array, start: number): void {
    this.#trie.clear();
    const tokens = pythonSplit(hypothesis);
    const referenceTokens = references.map(pythonSplit);
    const allowed = this.#allow(referenceTokens.map((reference) => this.#trie.ngramsOf(reference, orders.length)));
    const ids = this.#trie.knownNgramsOf(tokens, orders.length);
    let at = 0;
    for (let k = 0; k < orders.length; k++) {
      const guessed = Math.max(0, tokens.length - k);
      let matches = 0;
      for (const end = at + guessed; at < end; at++) {
        const id = ids[at]!;
        if (id >= 0 && allowed[id]! > 0) {
          allowed[id]!--;
          matches++;
        }
      }
      statistics[start + k] = matches;
      statistics[start + guessedAt + k] = guessed;
    }
    const lengths = referenceTokens.map(({ length }) => length);
    statistics[start + hypothesisLengthAt] = tokens.length;
    statistics[start + referenceLengthAt] = closestLength(lengths, tokens.length);
  }

  /** The largest count of each n-gram in any one reference. */
  #allow(references: readonly Int32Array[]): Int32Array {
    const allowed = this.#allowed.ensure(this.#trie.size).fill(0, 0, this.#trie.size);
    const seen = this.#seen.ensure(this.#trie.size);
    for (const ids of references) {
      for (const id of ids) {
        seen[id]!++;
        if (seen[id]! > allowed[id]!) allowed[id] = seen[id]!;
      }
      for (const id of ids) seen[id] = 0;
    }
    return allowed;
  }
}

/** BLEU of every order from the statistics of an item or a corpus. */
function bleuOf(sums: Float64Array): number[] {
  const ratio = (sums[hypothesisLengthAt]! + tiny) / (sums[referenceLengthAt]! + small);
  const brevity = ratio < 1 ? Math.exp(1 - 1 / ratio) : 1;
  let product = 1;
  return orders.map((order, k) => {
    product *= (sums[k]! + tiny) / (sums[guessedAt + k]! + small);
    return product ** (1 / order) * brevity;
  });
}

export const bleu: TextMetric = {
  name: "BLEU",
  columns,
  measure(pairs): Measurement {
    const counter = new MatchCounter();
    const statistics = new Float64Array(pairs.length * width);
    for (const [i, pair] of pairs.entries()) counter.count(pair, statistics, i * width);
    return { columns, width, statistics, valuesOf: bleuOf };
  },
};
