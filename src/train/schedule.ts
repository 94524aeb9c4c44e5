/** Linear warm-up, then linear decay to zero: the exact rule of REFERENCE §3. */

export interface Schedule {
  /** Highest learning rate. */
  readonly learningRate: number;
  /** Updates until it is reached; the first update has rate 0. */
  readonly warmupSteps: number;
  /** T: updates of the whole run. */
  readonly totalSteps: number;
}

/** The learning rate of update k = 0, 1, …, T - 1. */
export function learningRateAt({ learningRate, warmupSteps, totalSteps }: Schedule, k: number): number {
  if (k < warmupSteps) return learningRate * (k / Math.max(1, warmupSteps));
  return learningRate * Math.max(0, (totalSteps - k) / Math.max(1, totalSteps - warmupSteps));
}
