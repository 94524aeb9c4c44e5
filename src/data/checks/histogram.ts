/** Numbers summed up: what the report prints and the page draws. */

export interface Histogram {
  /** Where the first bin begins and the last one ends; values beyond are counted in those two. */
  readonly from: number;
  readonly to: number;
  readonly counts: readonly number[];
}

/** Counts values in bins of equal width; a value on an edge belongs to the bin above. */
export function histogram(values: Iterable<number>, from: number, to: number, bins: number): Histogram {
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    const bin = Math.floor(((value - from) / (to - from)) * bins);
    counts[Math.max(0, Math.min(bins - 1, bin))]!++;
  }
  return { from, to, counts };
}

/** Order statistics; all 0 of an empty list. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly mean: number;
  readonly most: number;
}

export function spread(values: readonly number[]): Spread {
  if (values.length === 0) return { least: 0, median: 0, mean: 0, most: 0 };
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length / 2;
  return {
    least: sorted[0]!,
    median: (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2,
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    most: sorted.at(-1)!,
  };
}
