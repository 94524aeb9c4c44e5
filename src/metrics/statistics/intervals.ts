/** Confidence intervals from bootstrap values. */
import { normalQuantile, normalShareBelow } from "./normal-distribution.ts";

export const intervalKinds = ["percentile", "bca"] as const;

/** Percentile, or bias-corrected and accelerated (Efron 1987). */
export type IntervalKind = (typeof intervalKinds)[number];

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The value at a share of sorted values, linear between neighbours (numpy's default). */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  return low + (high - low) * (at - below);
}

export function percentileInterval(sorted: Float64Array, level: number): Interval {
  return { low: quantile(sorted, (1 - level) / 2), high: quantile(sorted, (1 + level) / 2) };
}

/**
 * @param sorted bootstrap values, ascending
 * @param value the value of the data as they are
 * @param jackknife values without one unit each
 * @returns the percentile interval where there is nothing to correct by: all values are equal
 */
export function bcaInterval(sorted: Float64Array, value: number, jackknife: Float64Array, level: number): Interval {
  let [below, equal] = [0, 0];
  for (const other of sorted) {
    if (other < value) below++;
    else if (other === value) equal++;
  }
  const bias = normalQuantile((below + equal / 2) / sorted.length);
  const acceleration = accelerationOf(jackknife);
  if (!Number.isFinite(bias) || !Number.isFinite(acceleration)) return percentileInterval(sorted, level);
  const corrected = (share: number) => {
    const z = bias + normalQuantile(share);
    return normalShareBelow(bias + z / (1 - acceleration * z));
  };
  return {
    low: quantile(sorted, corrected((1 - level) / 2)),
    high: quantile(sorted, corrected((1 + level) / 2)),
  };
}

/** A sixth of the skewness of the jackknife's influence values. */
function accelerationOf(jackknife: Float64Array): number {
  const mean = jackknife.reduce((sum, value) => sum + value, 0) / jackknife.length;
  let [squares, cubes] = [0, 0];
  for (const value of jackknife) {
    squares += (mean - value) ** 2;
    cubes += (mean - value) ** 3;
  }
  return cubes / (6 * squares ** 1.5);
}
