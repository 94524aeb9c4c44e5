/** Whether texts name the same side of the body, by words: `laterality (rules)`. */
import type { Measurement, TextMetric } from "../metric.ts";

const left = /\b(?:left|izquierd[oa]s?|izq)\b|\bleft-sided\b/;
const right = /\b(?:right|derech[oa]s?|dcho|dcha|dch)\b|\bright-sided\b/;
const both = /\b(?:bilateral\w*|both|bi(?:basal|basilar|apical)\w*|amb[oa]s)\b/;

/** The sides that a text names. */
export interface Sides {
  readonly left: boolean;
  readonly right: boolean;
}

export function sidesOf(text: string): Sides {
  const lower = text.toLowerCase();
  const isBoth = both.test(lower);
  return { left: isBoth || left.test(lower), right: isBoth || right.test(lower) };
}

const agreement = "laterality (rules)";
const opposite = "opposite side (rules)";

/** Agreeing, opposite, counted. */
const width = 3;

/**
 * Over the pairs whose reference names a side: the share whose hypothesis names the same, and the share whose
 * hypothesis names only the other. With several references the first counts.
 */
export const laterality: TextMetric = {
  name: agreement,
  columns: [agreement, opposite],
  measure(pairs): Measurement {
    const statistics = new Float64Array(pairs.length * width);
    for (const [i, { hypothesis, references }] of pairs.entries()) {
      const [expected, found] = [sidesOf(references[0]!), sidesOf(hypothesis)];
      if (!expected.left && !expected.right) continue;
      const isSame = expected.left === found.left && expected.right === found.right;
      const isOpposite =
        expected.left !== expected.right && found.left === expected.right && found.right === expected.left;
      statistics.set([Number(isSame), Number(isOpposite), 1], i * width);
    }
    const counted = statistics.reduce((sum, value, at) => (at % width === 2 ? sum + value : sum), 0);
    return {
      columns: this.columns,
      width,
      statistics,
      valuesOf: ([same = 0, other = 0, count = 0]) => [same / count, other / count],
      details: { pairsWithASide: counted },
    };
  },
};
