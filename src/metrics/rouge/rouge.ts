/** ROUGE-1, ROUGE-2 and ROUGE-L as google's rouge_score computes them, with stemming: means of the items' F (METRICS §2.1). */
import { meansOf } from "../measurement.ts";
import type { Pair, TextMetric } from "../metric.ts";
import { longestCommonSubsequence } from "./longest-common-subsequence.ts";
import { Tokenizer } from "./tokenize.ts";

/** Length of what two texts share, and of each in the same unit. */
interface Overlap {
  readonly shared: number;
  readonly inTarget: number;
  readonly inPrediction: number;
}

type OverlapRule = (target: readonly string[], prediction: readonly string[]) => Overlap;

function f1({ shared, inTarget, inPrediction }: Overlap): number {
  if (shared === 0) return 0;
  const [precision, recall] = [shared / inPrediction, shared / inTarget];
  return (2 * precision * recall) / (precision + recall);
}

const subsequence: OverlapRule = (target, prediction) => ({
  shared: longestCommonSubsequence(target, prediction),
  inTarget: target.length,
  inPrediction: prediction.length,
});

/** Counts of n-grams. Tokens hold letters and digits only, so a space joins them without doubt. */
function ngramCounts(tokens: readonly string[], order: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let start = 0; start + order <= tokens.length; start++) {
    const ngram = order === 1 ? tokens[start]! : tokens.slice(start, start + order).join(" ");
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}

function ngrams(order: number): OverlapRule {
  return (target, prediction) => {
    const counts = ngramCounts(target, order);
    let shared = 0;
    for (const [ngram, count] of ngramCounts(prediction, order)) shared += Math.min(count, counts.get(ngram) ?? 0);
    const total = (tokens: readonly string[]) => Math.max(0, tokens.length - order + 1);
    return { shared, inTarget: total(target), inPrediction: total(prediction) };
  };
}

/** Against several references the best F counts, as rouge_score's `score_multi` does. */
function rouge(column: string, overlap: OverlapRule): TextMetric {
  return {
    name: column,
    columns: [column],
    measure(pairs) {
      const tokenizer = new Tokenizer();
      const scoreOf = ({ hypothesis, references }: Pair) => {
        const prediction = tokenizer.tokens(hypothesis);
        let best = 0;
        for (const reference of references) {
          best = Math.max(best, f1(overlap(tokenizer.tokens(reference), prediction)));
        }
        return best;
      };
      return meansOf({ [column]: pairs.map(scoreOf) });
    },
  };
}

export const rouge1 = rouge("ROUGE-1", ngrams(1));
export const rouge2 = rouge("ROUGE-2", ngrams(2));
export const rougeL = rouge("ROUGE-L", subsequence);
