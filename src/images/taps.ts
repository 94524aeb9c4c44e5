/** The weights of Pillow's bicubic filter along one axis, in fixed point. */

/** Fractional bits of a weight: what 8 bits of pixel and 2 of overshoot leave of an int32. */
export const precisionBits = 32 - 8 - 2;
const one = 1 << precisionBits;
/** What rounding to whole pixels adds to a sum. */
export const half = one >> 1;

/** What each output position of one axis takes from the input: `length[i]` pixels from `first[i]` on. */
export interface Taps {
  /** The input positions that any output takes from: `from`..`to`-1. `first` counts from `from`. */
  readonly from: number;
  readonly to: number;
  readonly first: Int32Array;
  readonly length: Int32Array;
  /** `[outputs, stride]`, fixed point. */
  readonly weights: Int32Array;
  readonly stride: number;
}

/** The cubic convolution kernel with a = -0.5. */
function bicubic(distance: number): number {
  const a = -0.5;
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

/** Weights of output positions `from`..`to`-1 of an axis that goes from `inputLength` to `outputLength` pixels. */
export function computeTaps(inputLength: number, outputLength: number, from: number, to: number): Taps {
  const scale = inputLength / outputLength;
  const filterScale = Math.max(scale, 1);
  const support = 2 * filterScale;
  const stride = Math.ceil(support) * 2 + 1;
  const count = to - from;
  const first = new Int32Array(count);
  const length = new Int32Array(count);
  const weights = new Int32Array(count * stride);
  const raw = new Float64Array(stride);
  const perPixel = 1 / filterScale;

  for (let i = 0; i < count; i++) {
    const centre = (from + i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const taps = Math.min(inputLength, Math.trunc(centre + support + 0.5)) - start;
    let total = 0;
    for (let k = 0; k < taps; k++) {
      raw[k] = bicubic((k + start - centre + 0.5) * perPixel);
      total += raw[k]!;
    }
    for (let k = 0; k < taps; k++) {
      const weight = (raw[k]! / total) * one;
      weights[i * stride + k] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    first[i] = start;
    length[i] = taps;
  }
  const begin = first[0]!;
  return {
    from: begin,
    to: first.at(-1)! + length.at(-1)!,
    first: first.map((start) => start - begin),
    length,
    weights,
    stride,
  };
}

/**
 * What each output position takes from bands of input positions: the weights of a band's pixels, added up. The pixels
 * of a band being equal, the sums come out the same to the last bit.
 */
export function overBands({ from, first, length, weights, stride }: Taps, edges: readonly number[]): Taps {
  const bands = edges.length - 1;
  const count = first.length;
  const sums = new Int32Array(count * bands);
  for (let i = 0; i < count; i++) {
    const start = from + first[i]!;
    let band = 0;
    for (let k = 0; k < length[i]!; k++) {
      while (start + k >= edges[band + 1]!) band++;
      sums[i * bands + band]! += weights[i * stride + k]!;
    }
  }
  const zeros = new Int32Array(count);
  return { from: 0, to: bands, first: zeros, length: zeros.map(() => bands), weights: sums, stride: bands };
}
