/** Bootstrap: how much a score, or the difference of two systems' scores, depends on the texts that were drawn. */
import { DataError } from "../../base/errors.ts";
import { countOf } from "../measurement.ts";
import type { Measurement } from "../metric.ts";
import { draws, type Resamples } from "./draws.ts";
import { bcaInterval, type Interval, type IntervalKind, percentileInterval } from "./intervals.ts";
import { joined, type Units, unitsOf, valuesOfDraw } from "./units.ts";

export interface BootstrapOptions {
  /** 2,000 when absent; "all" takes each of the n^n draws of at most 7 units. */
  readonly resamples?: Resamples;
  /** 0 when absent. */
  readonly seed?: number;
  /** Share of values inside the intervals, 0.95 when absent. */
  readonly level?: number;
  /** "percentile" when absent. */
  readonly interval?: IntervalKind;
  /** [N] a key for each pair, such as its study: pairs of one key are drawn together. */
  readonly clusters?: readonly string[];
}

/** A column's value with its interval. */
export interface Estimate extends Interval {
  readonly value: number;
}

/** A column of two systems: the second minus the first. */
export interface PairedEstimate {
  readonly first: Estimate;
  readonly second: Estimate;
  readonly difference: Estimate;
  /** Two-sided: twice the smaller share of draws in which the difference is not above, or not below, zero. */
  readonly p: number;
}

const defaults = { resamples: 2000, seed: 0, level: 0.95, interval: "percentile" } as const;

/** Values of every column for every draw, and for the data as they are. */
interface Drawn {
  readonly units: Units;
  /** [columns] */
  readonly values: readonly number[];
  /** [columns][draws] in the order of the draws */
  readonly byColumn: readonly Float64Array[];
}

function draw(measurement: Measurement, options: BootstrapOptions): Drawn {
  const { resamples, seed } = { ...defaults, ...options };
  const units = unitsOf(measurement, options.clusters);
  const byColumn = measurement.columns.map((): number[] => []);
  for (const times of draws(units.count, resamples, seed)) {
    for (const [k, value] of valuesOfDraw(units, times).entries()) byColumn[k]!.push(value);
  }
  const values = valuesOfDraw(units, new Int32Array(units.count).fill(1));
  return { units, values, byColumn: byColumn.map((column) => Float64Array.from(column)) };
}

/** [columns][units] values without one unit each. */
function jackknifeOf(units: Units): readonly Float64Array[] {
  const byColumn = units.measurement.columns.map(() => new Float64Array(units.count));
  const { rows, sizes, width, count, measurement } = units;
  const sums = new Float64Array(width);
  let pairs = 0;
  for (let u = 0; u < count; u++) {
    pairs += sizes[u]!;
    for (let k = 0; k < width; k++) sums[k]! += rows[u * width + k]!;
  }
  const without = new Float64Array(width);
  for (let u = 0; u < count; u++) {
    for (let k = 0; k < width; k++) without[k] = sums[k]! - rows[u * width + k]!;
    for (const [k, value] of measurement.valuesOf(without, pairs - sizes[u]!).entries()) byColumn[k]![u] = value;
  }
  return byColumn;
}

function estimate(drawn: Float64Array, value: number, jackknife: Float64Array | undefined, level: number): Estimate {
  // A draw in which the column is not defined (no text with a side, no box) says nothing about it.
  const sorted = drawn.filter((other) => !Number.isNaN(other)).sort();
  if (sorted.length === 0) return { value, low: Number.NaN, high: Number.NaN };
  const interval =
    jackknife === undefined ? percentileInterval(sorted, level) : bcaInterval(sorted, value, jackknife, level);
  return { value, ...interval };
}

/**
 * An interval for each column of a measurement.
 * @throws DataError for clusters that do not fit, UsageError for "all" with many units
 */
export function bootstrap(measurement: Measurement, options: BootstrapOptions = {}): ReadonlyMap<string, Estimate> {
  const { level, interval } = { ...defaults, ...options };
  const { units, values, byColumn } = draw(measurement, options);
  const jackknife = interval === "bca" ? jackknifeOf(units) : undefined;
  return new Map(
    measurement.columns.map((column, k) => [column, estimate(byColumn[k]!, values[k]!, jackknife?.[k], level)]),
  );
}

/** Both ends count towards p: with sampled draws the data themselves are one more draw, so that p is never 0. */
function twoSidedP(differences: Float64Array, resamples: Resamples): number {
  let [notAbove, notBelow] = [0, 0];
  let defined = 0;
  for (const difference of differences) {
    if (Number.isNaN(difference)) continue;
    defined++;
    if (difference <= 0) notAbove++;
    if (difference >= 0) notBelow++;
  }
  const own = resamples === "all" ? 0 : 1;
  return Math.min(1, (2 * (Math.min(notAbove, notBelow) + own)) / (defined + own));
}

/**
 * Two systems on the same texts: every draw takes the same texts for both.
 * @param first measurement of the one system · @param second of the other, the same columns and pairs
 * @returns by column
 * @throws DataError when the two have not the same columns and number of pairs
 */
export function pairedBootstrap(
  first: Measurement,
  second: Measurement,
  options: BootstrapOptions = {},
): ReadonlyMap<string, PairedEstimate> {
  checkPaired(first, second);
  const { level, interval, resamples } = { ...defaults, ...options };
  const { units, values, byColumn } = draw(joined([first, second]), options);
  const jackknife = interval === "bca" ? jackknifeOf(units) : undefined;
  const columns = first.columns.length;
  return new Map(
    first.columns.map((column, k) => {
      const [a, b] = [byColumn[k]!, byColumn[columns + k]!];
      const minus = (left: ArrayLike<number>, right: ArrayLike<number>) =>
        Float64Array.from(left, (value, i) => value - right[i]!);
      const differences = minus(b, a);
      const without = jackknife && minus(jackknife[columns + k]!, jackknife[k]!);
      const difference = values[columns + k]! - values[k]!;
      return [
        column,
        {
          first: estimate(a, values[k]!, jackknife?.[k], level),
          second: estimate(b, values[columns + k]!, jackknife?.[columns + k], level),
          difference: estimate(differences, difference, without, level),
          p: twoSidedP(differences, resamples),
        },
      ];
    }),
  );
}

/** @throws DataError when two measurements cannot be compared pair by pair */
export function checkPaired(first: Measurement, second: Measurement): void {
  if (first.columns.join("\n") !== second.columns.join("\n")) {
    throw new DataError("The two systems were not measured by the same columns.", {
      where: "measurements",
      expected: first.columns.join(", "),
      found: second.columns.join(", "),
    });
  }
  if (countOf(first) !== countOf(second)) {
    throw new DataError("The two systems have different numbers of texts.", {
      where: "measurements",
      expected: `${countOf(first)} pairs`,
      found: `${countOf(second)} pairs`,
    });
  }
}
