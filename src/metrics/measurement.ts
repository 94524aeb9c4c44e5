/** Making measurements and reading values from them. */
import type { Measurement, NotComputed, Pair } from "./metric.ts";

/** Values of one column of the table, such as BLEU-1. */
export interface ColumnScores {
  /** Value of the whole corpus: not always the mean of the items (BLEU). */
  readonly corpus: number;
  /** One value per pair, in order, unrounded. */
  readonly items: Float64Array;
}

/** A metric whose corpus values are the means of its items' values: column → a value for each pair. */
export function meansOf(items: Readonly<Record<string, ArrayLike<number>>>, details?: object): Measurement {
  const columns = Object.keys(items);
  const width = columns.length;
  const length = items[columns[0]!]!.length;
  const statistics = new Float64Array(length * width);
  for (const [k, column] of columns.entries()) {
    for (let i = 0; i < length; i++) statistics[i * width + k] = items[column]![i]!;
  }
  const valuesOf = (sums: Float64Array, count: number) => Array.from(sums, (sum) => sum / count);
  return { columns, width, statistics, valuesOf, ...(details === undefined ? {} : { details }) };
}

export function notComputed(columns: readonly string[], reason: string): NotComputed {
  return { columns, reason };
}

/** What a metric that is defined for one reference a text answers where texts have several; undefined where none has. */
export function notForSeveral(columns: readonly string[], pairs: readonly Pair[]): NotComputed | undefined {
  const several = pairs.filter(({ references }) => references.length !== 1).length;
  if (several === 0) return undefined;
  return notComputed(columns, `it takes one reference a text, and ${several} of ${pairs.length} texts have several`);
}

/** Number of pairs that were measured. */
export function countOf({ statistics, width }: Measurement): number {
  return statistics.length / width;
}

/** The values of the columns for some of the pairs, or for all when `rows` is absent. A pair may occur more than once. */
export function valuesOf(measurement: Measurement, rows?: ArrayLike<number>): readonly number[] {
  const { statistics, width } = measurement;
  const count = rows?.length ?? countOf(measurement);
  const sums = new Float64Array(width);
  for (let i = 0; i < count; i++) {
    const start = (rows === undefined ? i : rows[i]!) * width;
    for (let k = 0; k < width; k++) sums[k]! += statistics[start + k]!;
  }
  return measurement.valuesOf(sums, count);
}

/** Corpus and item values by column. */
export function scoresOf(measurement: Measurement): ReadonlyMap<string, ColumnScores> {
  const { columns, statistics, width, itemsOf } = measurement;
  const corpus = valuesOf(measurement);
  const count = countOf(measurement);
  const items = columns.map((column) => itemsOf?.get(column) ?? new Float64Array(count));
  for (let i = 0; i < count; i++) {
    const values = measurement.valuesOf(statistics.subarray(i * width, (i + 1) * width), 1);
    for (const [k, column] of columns.entries()) {
      if (itemsOf?.has(column) !== true) items[k]![i] = values[k]!;
    }
  }
  return new Map(columns.map((column, k) => [column, { corpus: corpus[k]!, items: items[k]! }]));
}
