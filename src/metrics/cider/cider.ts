/** CIDEr as coco-caption's CiderScorer computes it, which is the article's CIDEr-D (METRICS §3): white-space tokens. */
import { DataError } from "../../base/errors.ts";
import { pythonSplit } from "../../text/index.ts";
import type { Metric, Pair } from "../metric.ts";
import { countNgrams } from "../ngrams.ts";

const column = "CIDEr";
const orders = [1, 2, 3, 4] as const;
const sigma = 6;
const scale = 10;

/** n-gram counts of a text, a map for each order. */
type Counts = readonly ReadonlyMap<string, number>[];

/** tf-idf vectors of a text, one for each order, with their lengths. */
interface Vectors {
  readonly vectors: readonly ReadonlyMap<string, number>[];
  readonly norms: readonly number[];
  /** Number of bigrams: the scorer's notion of a text's length. */
  readonly length: number;
}

function countsOf(text: string): Counts {
  const tokens = pythonSplit(text);
  return orders.map((order) => countNgrams(tokens, order));
}

/** In how many items' references each n-gram occurs. */
function documentFrequencies(references: readonly (readonly Counts[])[]): Map<string, number> {
  const frequencies = new Map<string, number>();
  for (const item of references) {
    const ngrams = new Set(item.flatMap((counts) => counts.flatMap((order) => [...order.keys()])));
    for (const ngram of ngrams) frequencies.set(ngram, (frequencies.get(ngram) ?? 0) + 1);
  }
  return frequencies;
}

function similarity(hypothesis: Vectors, reference: Vectors): number {
  const penalty = Math.exp(-((hypothesis.length - reference.length) ** 2) / (2 * sigma ** 2));
  const byOrder = orders.map((_, k) => {
    let product = 0;
    for (const [ngram, weight] of hypothesis.vectors[k]!) {
      const other = reference.vectors[k]!.get(ngram) ?? 0;
      product += Math.min(weight, other) * other;
    }
    const norms = hypothesis.norms[k]! * reference.norms[k]!;
    return (norms === 0 ? product : product / norms) * penalty;
  });
  return byOrder.reduce((sum, value) => sum + value, 0) / orders.length;
}

export const cider: Metric = {
  name: "CIDEr",
  columns: [column],
  score(pairs: readonly Pair[]) {
    const references = pairs.map((pair) => pair.references.map(countsOf));
    const frequencies = documentFrequencies(references);
    if (frequencies.size === 0) {
      throw new DataError("CIDEr is not defined when all references are empty.", {
        where: "references",
        expected: "at least one word",
        found: `${pairs.length} empty references`,
      });
    }
    const logItems = Math.log(pairs.length);
    const vectorsOf = (counts: Counts): Vectors => {
      const weigh = ([ngram, count]: readonly [string, number]) =>
        [ngram, count * (logItems - Math.log(Math.max(1, frequencies.get(ngram) ?? 0)))] as const;
      const vectors = counts.map((order) => new Map([...order].map(weigh)));
      const norms = vectors.map((vector) =>
        Math.sqrt([...vector.values()].reduce((sum, weight) => sum + weight ** 2, 0)),
      );
      return { vectors, norms, length: [...counts[1]!.values()].reduce((sum, count) => sum + count, 0) };
    };
    const items = pairs.map(({ hypothesis }, i) => {
      const vectors = vectorsOf(countsOf(hypothesis));
      const own = references[i]!.map((counts) => similarity(vectors, vectorsOf(counts)));
      return (scale * own.reduce((sum, value) => sum + value, 0)) / own.length;
    });
    return new Map([[column, { corpus: items.reduce((sum, item) => sum + item, 0) / items.length, items }]]);
  },
};
