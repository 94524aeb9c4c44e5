/** How large a difference of two systems is, on the values of single texts. */
export interface EffectSize {
  /** Mean difference over the standard deviation of the differences (Cohen's d of paired samples); 0 when none differs. */
  readonly d: number;
  /** Share of texts on which the second system is better, ties counted half. */
  readonly superiority: number;
}

/** @param first [N] item values of the one system · @param second [N] of the other */
export function effectSize(first: ArrayLike<number>, second: ArrayLike<number>): EffectSize {
  const n = first.length;
  let [sum, better] = [0, 0];
  for (let i = 0; i < n; i++) {
    const difference = second[i]! - first[i]!;
    sum += difference;
    better += difference > 0 ? 1 : difference === 0 ? 0.5 : 0;
  }
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (second[i]! - first[i]! - mean) ** 2;
  const deviation = Math.sqrt(squares / (n - 1));
  return { d: mean === 0 ? 0 : mean / deviation, superiority: better / n };
}
