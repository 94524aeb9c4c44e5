/** What is drawn: single pairs, or whole clusters of pairs such as the findings of one study. */
import { DataError } from "../../base/errors.ts";
import { countOf } from "../measurement.ts";
import type { Measurement } from "../metric.ts";

/** Rows of statistics of the units, and how many pairs each stands for. */
export interface Units {
  readonly count: number;
  readonly width: number;
  /** [count, width] */
  readonly rows: Float64Array;
  /** [count] pairs in a unit: 1 without clusters. */
  readonly sizes: Float64Array;
  readonly measurement: Measurement;
}

/**
 * @param clusters [N] a key for each pair; pairs of one key are drawn together. Each pair alone when absent.
 * @throws DataError when there are not as many keys as pairs
 */
export function unitsOf(measurement: Measurement, clusters?: readonly string[]): Units {
  const { statistics, width } = measurement;
  const pairs = countOf(measurement);
  if (clusters === undefined) {
    return { count: pairs, width, rows: statistics, sizes: new Float64Array(pairs).fill(1), measurement };
  }
  if (clusters.length !== pairs) {
    throw new DataError("There is not a cluster for each pair.", {
      where: "clusters",
      expected: `${pairs}`,
      found: `${clusters.length}`,
    });
  }
  const keys = new Map<string, number>();
  for (const key of clusters) if (!keys.has(key)) keys.set(key, keys.size);
  const rows = new Float64Array(keys.size * width);
  const sizes = new Float64Array(keys.size);
  for (let i = 0; i < pairs; i++) {
    const unit = keys.get(clusters[i]!)!;
    sizes[unit]!++;
    for (let k = 0; k < width; k++) rows[unit * width + k]! += statistics[i * width + k]!;
  }
  return { count: keys.size, width, rows, sizes, measurement };
}

/** Values of the columns for units of which unit u occurs `times[u]` times. */
export function valuesOfDraw({ rows, sizes, width, count, measurement }: Units, times: Int32Array): readonly number[] {
  const sums = new Float64Array(width);
  let pairs = 0;
  for (let u = 0; u < count; u++) {
    const factor = times[u]!;
    if (factor === 0) continue;
    pairs += factor * sizes[u]!;
    const start = u * width;
    for (let k = 0; k < width; k++) sums[k]! += factor * rows[start + k]!;
  }
  return measurement.valuesOf(sums, pairs);
}

/** Several measurements of the same pairs as one: their columns in a row. */
export function joined(measurements: readonly Measurement[]): Measurement {
  const counts = measurements.map(countOf);
  const [count = 0] = counts;
  if (counts.some((other) => other !== count)) {
    throw new DataError("The measurements are of different numbers of pairs.", {
      where: "measurements",
      expected: `${count} pairs in each`,
      found: counts.join(", "),
    });
  }
  const width = measurements.reduce((sum, measurement) => sum + measurement.width, 0);
  const statistics = new Float64Array(count * width);
  const starts: number[] = [];
  let start = 0;
  for (const { width: own, statistics: rows } of measurements) {
    starts.push(start);
    for (let i = 0; i < count; i++) statistics.set(rows.subarray(i * own, (i + 1) * own), i * width + start);
    start += own;
  }
  return {
    columns: measurements.flatMap(({ columns }) => columns),
    width,
    statistics,
    itemsOf: new Map(measurements.flatMap(({ itemsOf = new Map<string, Float64Array>() }) => [...itemsOf])),
    valuesOf: (sums, pairs) =>
      measurements.flatMap((measurement, m) =>
        measurement.valuesOf(sums.subarray(starts[m]!, starts[m]! + measurement.width), pairs),
      ),
  };
}

/** A measurement with some of its columns. @param keep their places, in order */
export function withColumns(measurement: Measurement, keep: readonly number[]): Measurement {
  return {
    ...measurement,
    columns: keep.map((k) => measurement.columns[k]!),
    valuesOf: (sums, pairs) => {
      const values = measurement.valuesOf(sums, pairs);
      return keep.map((k) => values[k]!);
    },
  };
}
