/** Numbers summed up: what the report prints and the page draws. */
import { grown } from "../compact/records.ts";

export interface Histogram {
  /** Where the first bin begins and the last one ends; values beyond are counted in those two. */
  readonly from: number;
  readonly to: number;
  readonly counts: readonly number[];
}

/** A list of numbers of 8 bytes each that only grows. */
export class Numbers {
  #room: Float64Array = new Float64Array(0);
  #length = 0;

  add(value: number): void {
    if (this.#length === this.#room.length) this.#room = grown(this.#room);
    this.#room[this.#length++] = value;
  }

  get values(): Float64Array {
    return this.#room.subarray(0, this.#length);
  }
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

function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** Order statistics; all 0 of an empty list. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly mean: number;
  readonly most: number;
}

export function spread(values: Float64Array | readonly number[]): Spread {
  if (values.length === 0) return { least: 0, median: 0, mean: 0, most: 0 };
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length / 2;
  return {
    least: sorted[0]!,
    median: (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2,
    mean: sumOf(values) / values.length,
    most: sorted.at(-1)!,
  };
}
