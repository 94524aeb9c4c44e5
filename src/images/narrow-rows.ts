/**
 * The pass along rows where it costs most: a film of full size, made narrower.
 *
 * Whatever the factor, Pillow's filter then reaches four outputs from each pixel, so a row is read once, with four sums
 * in registers. Two rows at a time share the weights. Sums are whole numbers below 2^53, which doubles hold exactly, and
 * V8 multiplies and adds doubles faster than it does int32.
 */
import type { PixelBox } from "./boxes.ts";
import type { GreyImage } from "./film.ts";
import type { LevelImage } from "./levels.ts";
import { half, precisionBits, type Taps } from "./taps.ts";

/** Outputs that take from one pixel. */
const reach = 4;

// V8 folds a module's own constants into a loop, but not imported ones: a quarter of this pass.
const start = half;
const shift = precisionBits;

/** Weights by pixel instead of by output. */
export interface FourTaps {
  /** Where output i begins, for i below the number of outputs; then where each of the last four ends. */
  readonly stops: Int32Array;
  /** [pixels, 4], whole numbers: what outputs j-4..j-1 take from a pixel between stops j-1 and j. */
  readonly weights: Float64Array;
}

/** @returns undefined where a pixel reaches more than four outputs: not narrower, or in bands */
export function fourTaps({ first, length, weights, stride }: Taps): FourTaps | undefined {
  const count = first.length;
  if (count < reach) return undefined;
  const stops = Int32Array.from({ length: count + reach }, (_, j) =>
    j < count ? first[j]! : first[j - reach]! + length[j - reach]!,
  );
  const byPixel = new Float64Array(reach * stops.at(-1)!);
  for (let i = 0; i < count; i++) {
    let j = i + 1;
    for (let k = 0; k < length[i]!; k++) {
      const weight = weights[i * stride + k]!;
      // A filter's end can round to one pixel more, of weight 0.
      if (weight === 0) continue;
      const x = first[i]! + k;
      while (x >= stops[j]!) j++;
      if (j > i + reach) return undefined;
      byPixel[reach * x + i - (j - reach)] = weight;
    }
  }
  return { stops, weights: byPixel };
}

/** @returns [area height, outputs] of an area as wide as the taps reach */
export function narrowRows({ width, levels, table }: LevelImage, taps: FourTaps, area: PixelBox): GreyImage {
  const outputs = taps.stops.length - reach;
  const height = area.y2 - area.y1;
  const pixels = new Uint8Array(outputs * height);
  const clamped = new Uint8ClampedArray(pixels.buffer);
  for (let y = 0; y < height; y += 2) {
    const below = Math.min(y + 1, height - 1); // an odd row at the end is its own partner
    const from = (area.y1 + y) * width + area.x1;
    narrowTwo(levels, table, taps, from, from + (below - y) * width, clamped, y * outputs, below * outputs);
  }
  return { width: outputs, height, pixels };
}

/** Rows that begin at `a` and `b` → outputs that begin at `toA` and `toB`. */
function narrowTwo(
  levels: LevelImage["levels"],
  table: Uint8Array,
  { stops, weights }: FourTaps,
  a: number,
  b: number,
  into: Uint8ClampedArray,
  toA: number,
  toB: number,
): void {
  // The sums that outputs j-4, j-3, j-2, j-1 have so far.
  let a0 = start;
  let a1 = start;
  let a2 = start;
  let a3 = start;
  let b0 = start;
  let b1 = start;
  let b2 = start;
  let b3 = start;
  let x = 0;
  for (let j = 0; j < stops.length; j++) {
    for (const stop = stops[j]!; x < stop; x++) {
      const greyA = table[levels[a + x]!]!;
      const greyB = table[levels[b + x]!]!;
      const w = x << 2; // reach * x, without a check for overflow
      const w0 = weights[w]!;
      const w1 = weights[w + 1]!;
      const w2 = weights[w + 2]!;
      const w3 = weights[w + 3]!;
      a0 += greyA * w0;
      a1 += greyA * w1;
      a2 += greyA * w2;
      a3 += greyA * w3;
      b0 += greyB * w0;
      b1 += greyB * w1;
      b2 += greyB * w2;
      b3 += greyB * w3;
    }
    if (j >= reach) {
      into[toA + j - reach] = a0 >> shift;
      into[toB + j - reach] = b0 >> shift;
    }
    a0 = a1;
    a1 = a2;
    a2 = a3;
    a3 = start;
    b0 = b1;
    b1 = b2;
    b2 = b3;
    b3 = start;
  }
}
