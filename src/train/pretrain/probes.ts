/** Linear probes: what a linear function can read from an embedding. */

/** A linear function of a vector, with an intercept. */
export interface LinearProbe {
  predict(vector: ArrayLike<number>): number;
}

/** Solves A·x = b for a symmetric positive definite A, which is overwritten (Cholesky). */
function solvePositive(a: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      a[i * n + j] = i === j ? Math.sqrt(sum) : sum / a[j * n + j]!;
    }
  }
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= a[i * n + k]! * x[k]!;
    x[i]! /= a[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= a[k * n + i]! * x[k]!;
    x[i]! /= a[i * n + i]!;
  }
  return x;
}

/**
 * Ridge regression of one value from vectors, the intercept not shrunk.
 * @param vectors n vectors of one width
 * @param values n values
 * @param ridge added to the mean squares of the centred coordinates
 */
export function fitLinear(vectors: readonly ArrayLike<number>[], values: readonly number[], ridge = 1e-6): LinearProbe {
  const n = vectors.length;
  const width = vectors[0]!.length;
  const means = Float64Array.from({ length: width }, (_, i) => vectors.reduce((sum, v) => sum + v[i]!, 0) / n);
  const meanValue = values.reduce((a, b) => a + b, 0) / n;
  const products = new Float64Array(width * width);
  const moments = new Float64Array(width);
  for (const [row, vector] of vectors.entries()) {
    for (let i = 0; i < width; i++) {
      const centred = vector[i]! - means[i]!;
      moments[i]! += (centred * (values[row]! - meanValue)) / n;
      for (let j = 0; j <= i; j++) products[i * width + j]! += (centred * (vector[j]! - means[j]!)) / n;
    }
  }
  for (let i = 0; i < width; i++) {
    products[i * width + i]! += ridge;
    for (let j = 0; j < i; j++) products[j * width + i] = products[i * width + j]!;
  }
  const weights = solvePositive(products, moments);
  return {
    predict: (vector) => {
      let value = meanValue;
      for (let i = 0; i < width; i++) value += weights[i]! * (vector[i]! - means[i]!);
      return value;
    },
  };
}

/** R²: the share of the values' variance that predictions explain; 1 is perfect, 0 no better than the mean. */
export function determination(predicted: readonly number[], values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const squares = (differences: readonly number[]) => differences.reduce((sum, d) => sum + d * d, 0);
  const left = squares(values.map((value, i) => value - predicted[i]!));
  return 1 - left / squares(values.map((value) => value - mean));
}

/**
 * Area under the receiver operating characteristic: the chance that a positive scores above a negative, ties half.
 * @returns NaN when there are only positives or only negatives
 */
export function areaUnderCurve(scores: readonly number[], isPositive: readonly boolean[]): number {
  const order = scores.map((_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let rankSum = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) end++;
    const rank = (start + 1 + end) / 2;
    for (let i = start; i < end; i++) if (isPositive[order[i]!]) rankSum += rank;
    start = end;
  }
  const positives = isPositive.filter(Boolean).length;
  const negatives = isPositive.length - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
