/** How large a difference of two systems is, on the values of single texts. */
export interface EffectSize {
  /** Mean difference over the standard deviation of the differences (Cohen's d of paired samples); 0 when none differs. */
  readonly d: number;
  /** Share of texts on which the second system is better, ties counted half. */
  readonly superiority: number;
}

/** Texts for which either system has no value do not count. @param first [N] item values of the one system · @param second [N] of the other */
export function effectSize(first: ArrayLike<number>, second: ArrayLike<number>): EffectSize {
  const differences = Array.from(first, (value, i) => second[i]! - value).filter((value) => !Number.isNaN(value));
  const n = differences.length;
  const mean = differences.reduce((sum, value) => sum + value, 0) / n;
  const squares = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const better = differences.reduce((sum, value) => sum + (value > 0 ? 1 : value === 0 ? 0.5 : 0), 0);
  return { d: mean === 0 ? 0 : mean / Math.sqrt(squares / (n - 1)), superiority: better / n };
}
