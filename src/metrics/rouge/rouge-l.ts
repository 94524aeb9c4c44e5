/** ROUGE-L as google's rouge_score computes it, with stemming: the mean of the items' F (METRICS §2.1). */
import { DataError } from "../../base/errors.ts";
import type { Metric, Pair } from "../metric.ts";
import { rougeTokens } from "./tokenize.ts";

const column = "ROUGE-L";

/** Length of the longest common subsequence, in memory of one row. */
export function longestCommonSubsequence(a: readonly string[], b: readonly string[]): number {
  let above = new Uint32Array(b.length + 1);
  let row = new Uint32Array(b.length + 1);
  for (const token of a) {
    for (let j = 0; j < b.length; j++) {
      row[j + 1] = token === b[j] ? above[j]! + 1 : Math.max(above[j + 1]!, row[j]!);
    }
    [above, row] = [row, above];
  }
  return above[b.length]!;
}

function f1({ hypothesis, references }: Pair): number {
  if (references.length !== 1) {
    throw new DataError("ROUGE-L of this profile takes one reference a text.", {
      where: "references",
      expected: "1",
      found: `${references.length}`,
    });
  }
  const [target, prediction] = [rougeTokens(references[0]!), rougeTokens(hypothesis)];
  const common = longestCommonSubsequence(target, prediction);
  if (common === 0) return 0;
  const precision = common / prediction.length;
  const recall = common / target.length;
  return (2 * precision * recall) / (precision + recall);
}

export const rougeL: Metric = {
  name: "ROUGE-L",
  columns: [column],
  score(pairs) {
    const items = pairs.map(f1);
    return new Map([[column, { corpus: items.reduce((sum, item) => sum + item, 0) / items.length, items }]]);
  },
};
