/** CIDEr as coco-caption's CiderScorer computes it, which is the article's CIDEr-D (METRICS §3): white-space tokens. */
import { DataError } from "../../base/errors.ts";
import { pythonSplit } from "../../text/python-strings.ts";
import { meansOf } from "../measurement.ts";
import type { Pair, TextMetric } from "../metric.ts";
import { IdCounts, NgramTrie } from "../ngram-trie.ts";

const column = "CIDEr";
const maxOrder = 4;
const sigma = 6;
const scale = 10;

/** n-grams of a text, order after order, as ids of a trie. */
interface Ngrams {
  readonly ids: Int32Array;
  readonly tokens: number;
}

/** In how many items' references each n-gram occurs, by id. */
function documentFrequencies(references: readonly (readonly Ngrams[])[], size: number): Int32Array {
  const frequencies = new Int32Array(size);
  const lastItem = new Int32Array(size).fill(-1);
  for (const [item, texts] of references.entries()) {
    for (const { ids } of texts) {
      for (const id of ids) {
        if (lastItem[id] !== item) frequencies[id]!++;
        lastItem[id] = item;
      }
    }
  }
  return frequencies;
}

/** tf-idf vectors of texts over one set of references, and their similarity. */
class Comparison {
  readonly #trie: NgramTrie;
  readonly #frequencies: Int32Array;
  readonly #logItems: number;
  /** Counts of the two texts under comparison; 0 between two comparisons. */
  readonly #inHypothesis = new IdCounts();
  readonly #inReference = new IdCounts();

  constructor(trie: NgramTrie, frequencies: Int32Array, items: number) {
    this.#trie = trie;
    this.#frequencies = frequencies;
    this.#logItems = Math.log(items);
  }

  /** Mean over the orders, without the factor 10. */
  similarity(hypothesis: Ngrams, reference: Ngrams): number {
    const inHypothesis = this.#count(hypothesis, this.#inHypothesis);
    const inReference = this.#count(reference, this.#inReference);
    // The scorer's notion of a text's length is its number of bigrams.
    const difference = Math.max(0, hypothesis.tokens - 1) - Math.max(0, reference.tokens - 1);
    const penalty = Math.exp(-(difference ** 2) / (2 * sigma ** 2));
    let [sum, a, b] = [0, 0, 0];
    for (let order = 1; order <= maxOrder; order++) {
      const endA = a + Math.max(0, hypothesis.tokens - order + 1);
      const endB = b + Math.max(0, reference.tokens - order + 1);
      sum += this.#cosine(hypothesis.ids.subarray(a, endA), reference.ids.subarray(b, endB), inHypothesis, inReference);
      [a, b] = [endA, endB];
    }
    return (sum / maxOrder) * penalty;
  }

  #count({ ids }: Ngrams, into: IdCounts): Int32Array {
    const counts = into.ensure(this.#trie.size);
    for (const id of ids) counts[id]!++;
    return counts;
  }

  #idf(id: number): number {
    const frequency = id < this.#frequencies.length ? this.#frequencies[id]! : 0;
    return this.#logItems - Math.log(Math.max(1, frequency));
  }

  /** Clipped product of one order's vectors over their norms; takes the counts away again. */
  #cosine(hypothesis: Int32Array, reference: Int32Array, inHypothesis: Int32Array, inReference: Int32Array): number {
    let [product, normA, normB] = [0, 0, 0];
    for (const id of hypothesis) {
      const count = inHypothesis[id]!;
      if (count === 0) continue; // an n-gram that stands twice in the text
      inHypothesis[id] = 0;
      const idf = this.#idf(id);
      const [weight, other] = [count * idf, inReference[id]! * idf];
      product += Math.min(weight, other) * other;
      normA += weight ** 2;
    }
    for (const id of reference) {
      normB += (inReference[id]! * this.#idf(id)) ** 2;
      inReference[id] = 0;
    }
    const norms = Math.sqrt(normA) * Math.sqrt(normB);
    return norms === 0 ? product : product / norms;
  }
}

function refuseWithoutWords(pairs: readonly Pair[]): never {
  throw new DataError("CIDEr is not defined when all references are empty.", {
    where: "references",
    expected: "at least one word",
    found: `${pairs.length} empty references`,
  });
}

export const cider: TextMetric = {
  name: "CIDEr",
  columns: [column],
  measure(pairs) {
    const trie = new NgramTrie();
    const ngramsOf = (text: string): Ngrams => {
      const tokens = pythonSplit(text);
      return { ids: trie.ngramsOf(tokens, maxOrder), tokens: tokens.length };
    };
    const references = pairs.map((pair) => pair.references.map(ngramsOf));
    if (trie.size === 1) refuseWithoutWords(pairs);
    const comparison = new Comparison(trie, documentFrequencies(references, trie.size), pairs.length);
    const items = pairs.map(({ hypothesis }, i) => {
      const ngrams = ngramsOf(hypothesis);
      const own = references[i]!.map((reference) => comparison.similarity(ngrams, reference));
      return (scale * own.reduce((sum, value) => sum + value, 0)) / own.length;
    });
    return meansOf({ [column]: items });
  },
};
