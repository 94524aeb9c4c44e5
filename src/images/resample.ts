/**
 * Pillow's bicubic resize of one 8-bit channel, bit for bit: a = -0.5, widened on the way down (antialiasing), two
 * passes in fixed point with rounding to 8 bits after each.
 *
 * The width changes first. Since Pillow 13 the height does where it shrinks by more than twice the pixels that the
 * width does (of films in their own proportions: those more than twice as tall as wide); older versions round in the
 * other order there. A pass over an axis that keeps its length changes nothing.
 */
import type { BandedImage } from "./bands.ts";
import { type ImageSize, type PixelBox, pixelBox } from "./boxes.ts";
import type { GreyImage } from "./film.ts";

/** Fractional bits of a weight: what 8 bits of pixel and 2 of overshoot leave of an int32. */
const precisionBits = 32 - 8 - 2;
const one = 2 ** precisionBits;
const half = one / 2;

/** What each output position of one axis takes from the input: `length[i]` pixels from `first[i]` on. */
interface Taps {
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
function computeTaps(inputLength: number, outputLength: number, from: number, to: number): Taps {
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
function overBands({ from, first, length, weights, stride }: Taps, edges: readonly number[]): Taps {
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

/** The pass along rows, reading an area of the image as wide as the taps reach: `[area height, outputs]`. */
function resampleRows(image: GreyImage, { first, length, weights, stride }: Taps, area: PixelBox): GreyImage {
  const source = image.pixels;
  const width = first.length;
  const height = area.y2 - area.y1;
  const pixels = new Uint8Array(width * height);
  const clamped = new Uint8ClampedArray(pixels.buffer);
  for (let y = 0; y < height; y++) {
    const row = (area.y1 + y) * image.width + area.x1;
    for (let x = 0; x < width; x++) {
      const start = row + first[x]!;
      const weight = x * stride;
      const taps = length[x]!;
      let sum = half;
      for (let k = 0; k < taps; k++) sum = (sum + Math.imul(source[start + k]!, weights[weight + k]!)) | 0;
      clamped[y * width + x] = sum >> precisionBits;
    }
  }
  return { width, height, pixels };
}

/** The pass along columns, as tall an area as the taps reach: `[outputs, area width]`. It adds whole rows. */
function resampleColumns(image: GreyImage, { first, length, weights, stride }: Taps, area: PixelBox): GreyImage {
  const source = image.pixels;
  const width = area.x2 - area.x1;
  const height = first.length;
  const pixels = new Uint8Array(width * height);
  const clamped = new Uint8ClampedArray(pixels.buffer);
  const sums = new Int32Array(width);
  for (let y = 0; y < height; y++) {
    sums.fill(half);
    for (let k = 0; k < length[y]!; k++) {
      const weight = weights[y * stride + k]!;
      const row = (area.y1 + first[y]! + k) * image.width + area.x1;
      for (let x = 0; x < width; x++) sums[x] = sums[x]! + Math.imul(source[row + x]!, weight);
    }
    for (let x = 0; x < width; x++) clamped[y * width + x] = sums[x]! >> precisionBits;
  }
  return { width, height, pixels };
}

function whole({ width, height }: ImageSize): PixelBox {
  return pixelBox(0, 0, width, height);
}

/**
 * Resizes an image, or computes only a part of the resized one. One in bands costs what its bands cost.
 * @param size width and height of the whole result, at least 1 each
 * @param part the rectangle of the result to compute, by default all of it; the same pixels as cropping afterwards
 */
export function resizeBicubic(
  image: GreyImage | BandedImage,
  size: ImageSize,
  part: PixelBox = whole(size),
): GreyImage {
  const ofWidth = computeTaps(image.width, size.width, part.x1, part.x2);
  const ofHeight = computeTaps(image.height, size.height, part.y1, part.y2);
  const isBanded = "rows" in image;
  const across = isBanded ? overBands(ofWidth, image.columns) : ofWidth;
  const down = isBanded ? overBands(ofHeight, image.rows) : ofHeight;
  const source = isBanded ? { width: across.to, height: down.to, pixels: image.pixels } : image;
  const area = pixelBox(across.from, down.from, across.to, down.to);
  const heightFirst = size.height < image.height && image.height - size.height > 2 * (image.width - size.width);
  if (heightFirst) {
    const squeezed = resampleColumns(source, down, area);
    return resampleRows(squeezed, across, whole(squeezed));
  }
  const narrowed = resampleRows(source, across, area);
  return resampleColumns(narrowed, down, whole(narrowed));
}
