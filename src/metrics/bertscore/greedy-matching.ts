/** Two texts as sets of token vectors: how much of each the other says (METRICS §7.2). */

/** A text's tokens, start and end among them. */
export interface TokenVectors {
  /** [S, E] float32, rows of length 1. */
  readonly vectors: Float32Array;
  /** [S] what a token counts in the mean; 0 for start and end, which the other text's tokens may match all the same. */
  readonly weights: ArrayLike<number>;
}

export interface Match {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

const nothing: Match = { precision: 0, recall: 0, f1: 0 };

/**
 * Each token of one text is compared with its most similar one of the other; precision is the weighted mean over the
 * hypothesis' tokens, recall over the reference's. A text of start and end alone matches nothing.
 */
export function greedyMatch(hypothesis: TokenVectors, reference: TokenVectors): Match {
  const [H, R] = [hypothesis.weights.length, reference.weights.length];
  if (H <= 2 || R <= 2) return nothing;
  const E = hypothesis.vectors.length / H;
  const forHypothesis = new Float64Array(H).fill(Number.NEGATIVE_INFINITY);
  const forReference = new Float64Array(R).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < H; i++) {
    for (let j = 0; j < R; j++) {
      const similarity = dot(hypothesis.vectors, i * E, reference.vectors, j * E, E);
      if (similarity > forHypothesis[i]!) forHypothesis[i] = similarity;
      if (similarity > forReference[j]!) forReference[j] = similarity;
    }
  }
  const precision = weightedMean(forHypothesis, hypothesis.weights);
  const recall = weightedMean(forReference, reference.weights);
  const f1 = (2 * precision * recall) / (precision + recall);
  return { precision, recall, f1: Number.isNaN(f1) ? 0 : f1 };
}

function dot(a: Float32Array, atA: number, b: Float32Array, atB: number, length: number): number {
  let sum = 0;
  for (let k = 0; k < length; k++) sum += a[atA + k]! * b[atB + k]!;
  return sum;
}

function weightedMean(values: Float64Array, weights: ArrayLike<number>): number {
  let [sum, total] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    sum += weights[i]! * values[i]!;
    total += weights[i]!;
  }
  return sum / total;
}

/** Rows scaled to length 1, in place. */
export function toUnitRows(vectors: Float32Array, width: number): Float32Array {
  for (let start = 0; start < vectors.length; start += width) {
    const row = vectors.subarray(start, start + width);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    for (let k = 0; k < width; k++) row[k]! /= length;
  }
  return vectors;
}
