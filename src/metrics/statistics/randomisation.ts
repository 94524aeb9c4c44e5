/**
 * Paired approximate randomisation as RadEval's `compare_systems` does it (METRICS §10.2).
 *
 * Under the null hypothesis it does not matter which system wrote a text, so each pair's two texts change places with
 * probability one half; p is the share of trials whose difference is at least as large as the real one.
 */
import { DataError, UsageError } from "../../base/errors.ts";
import type { Measurement } from "../metric.ts";
import { pythonRound } from "../python-round.ts";
import { checkPaired } from "./bootstrap.ts";
import { pythonRandom } from "./python-random.ts";
import { type Units, unitsOf } from "./units.ts";

export interface RandomisationOptions {
  /** 10,000 when absent; "all" takes each of the 2^n exchanges of at most 20 units and gives the exact p. */
  readonly trials?: number | "all";
  /** 12345 when absent, RadEval's. */
  readonly seed?: number;
  /** Values are rounded to so many decimals before they are compared, as RadEval's aggregates are. */
  readonly decimals?: number;
  /** [N] a key for each pair, such as its study: pairs of one key change places together. */
  readonly clusters?: readonly string[];
}

/** One column of two systems. */
export interface RandomisationResult {
  readonly baseline: number;
  readonly system: number;
  /** Two-sided, without a correction for p = 0. */
  readonly p: number;
}

/** Names of the systems → column → result. */
export type RandomisationTable = ReadonlyMap<string, ReadonlyMap<string, RandomisationResult>>;

const mostUnitsForAll = 20;

/**
 * Every system against a baseline.
 *
 * One stream of Python's random numbers serves all systems and columns in their order, so p-values are RadEval's to the bit
 * when its metrics are these columns in this order.
 * @throws DataError when the measurements do not fit together, or a column has no value for one of the systems; UsageError for "all" with many units
 */
export function approximateRandomisation(
  baseline: Measurement,
  systems: ReadonlyMap<string, Measurement>,
  { trials = 10_000, seed = 12345, decimals, clusters }: RandomisationOptions = {},
): RandomisationTable {
  const random = pythonRandom(seed);
  const shown = (value: number) => (decimals === undefined ? value : pythonRound(value, decimals));
  const first = unitsOf(baseline, clusters);
  const table = new Map<string, ReadonlyMap<string, RandomisationResult>>();
  for (const [name, measurement] of systems) {
    checkPaired(baseline, measurement);
    const second = unitsOf(measurement, clusters);
    const results = new Map<string, RandomisationResult>();
    for (const [k, column] of baseline.columns.entries()) {
      const exchange = new Exchange(first, second, k, shown);
      const [own, other] = exchange.values(() => false);
      if (Number.isNaN(own) || Number.isNaN(other)) refuseUndefined(column, Number.isNaN(own) ? "the baseline" : name);
      const limit = Math.abs(other - own);
      // An exchange after which a column has no value counts as one that reaches the difference: p is never too small.
      const reaches = (swaps: (unit: number) => boolean) => {
        const [a, b] = exchange.values(swaps);
        return !(Math.abs(b - a) < limit);
      };
      const p = trials === "all" ? exactP(first.count, reaches) : sampledP(trials, random, reaches);
      results.set(column, { baseline: own, system: other, p });
    }
    table.set(name, results);
  }
  return table;
}

function refuseUndefined(column: string, system: string): never {
  throw new DataError("A column without a value cannot be tested.", {
    where: `column "${column}"`,
    expected: "a value for both systems",
    found: `none for ${system}`,
    remedy: "Leave the column out, or score texts for which it is defined.",
  });
}

/** Values of one column when some units have changed places. */
class Exchange {
  readonly #first: Units;
  readonly #second: Units;
  readonly #column: number;
  readonly #shown: (value: number) => number;
  readonly #sums: readonly [Float64Array, Float64Array];
  readonly #pairs: number;

  constructor(first: Units, second: Units, column: number, shown: (value: number) => number) {
    this.#first = first;
    this.#second = second;
    this.#column = column;
    this.#shown = shown;
    this.#sums = [new Float64Array(first.width), new Float64Array(second.width)];
    this.#pairs = first.sizes.reduce((sum, size) => sum + size, 0);
  }

  /** Sums are taken from the start in every trial: the real order and its mirror image then give the same bits. */
  values(swaps: (unit: number) => boolean): readonly [number, number] {
    const { width, count } = this.#first;
    const [a, b] = this.#sums;
    a.fill(0);
    b.fill(0);
    for (let u = 0; u < count; u++) {
      const isSwapped = swaps(u);
      const left = isSwapped ? this.#second.rows : this.#first.rows;
      const right = isSwapped ? this.#first.rows : this.#second.rows;
      for (let k = 0, at = u * width; k < width; k++, at++) {
        a[k]! += left[at]!;
        b[k]! += right[at]!;
      }
    }
    return [this.#value(this.#first, a), this.#value(this.#second, b)];
  }

  #value({ measurement }: Units, sums: Float64Array): number {
    return this.#shown(measurement.valuesOf(sums, this.#pairs)[this.#column]!);
  }
}

function sampledP(trials: number, random: () => number, reaches: (swaps: () => boolean) => boolean): number {
  const swaps = () => random() >= 0.5;
  let count = 0;
  for (let trial = 0; trial < trials; trial++) if (reaches(swaps)) count++;
  return count / trials;
}

function exactP(units: number, reaches: (swaps: (unit: number) => boolean) => boolean): number {
  if (units > mostUnitsForAll) {
    throw new UsageError("There are too many units to try every exchange.", {
      where: "trials all",
      expected: `at most ${mostUnitsForAll} units`,
      found: `${units}`,
      remedy: "Give a number of trials.",
    });
  }
  let count = 0;
  for (let bits = 0; bits < 2 ** units; bits++) if (reaches((unit) => ((bits >>> unit) & 1) === 1)) count++;
  return count / 2 ** units;
}
