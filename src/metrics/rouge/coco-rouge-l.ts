/** ROUGE-L as coco-caption computes it on tokenised text: F with beta 1.2, no stemming, mean of the items (METRICS §2.3). */
import { meansOf } from "../measurement.ts";
import type { Pair, TextMetric } from "../metric.ts";
import { longestCommonSubsequence } from "./longest-common-subsequence.ts";

const column = "ROUGE-L";
const betaSquared = 1.2 ** 2;

/** Tokens are split at single spaces, so an empty text is one empty token, and two empty texts agree. */
function score({ hypothesis, references }: Pair): number {
  const tokens = hypothesis.split(" ");
  let [precision, recall] = [0, 0]; // the best of each, not of one reference
  for (const reference of references) {
    const referenceTokens = reference.split(" ");
    const shared = longestCommonSubsequence(tokens, referenceTokens);
    precision = Math.max(precision, shared / tokens.length);
    recall = Math.max(recall, shared / referenceTokens.length);
  }
  if (precision === 0 || recall === 0) return 0;
  return ((1 + betaSquared) * precision * recall) / (recall + betaSquared * precision);
}

export const cocoRougeL: TextMetric = {
  name: "ROUGE-L",
  columns: [column],
  measure: (pairs) => meansOf({ [column]: pairs.map(score) }),
};
