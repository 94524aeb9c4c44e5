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
import { type LevelImage, levelsOf, lookUp } from "./levels.ts";
import { fourTaps, narrowRows } from "./narrow-rows.ts";
import { computeTaps, half, overBands, precisionBits, type Taps } from "./taps.ts";

/** The pass along rows, reading an area of the image as wide as the taps reach: `[area height, outputs]`. */
function resampleRows(image: LevelImage, taps: Taps, area: PixelBox): GreyImage {
  const four = fourTaps(taps);
  if (four !== undefined) return narrowRows(image, four, area);
  const { first, length, weights, stride } = taps;
  const source = lookUp(image).pixels;
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
 * Resizes an image, or computes only a part of the resized one. One in bands costs what its bands cost, and of grey
 * levels only those that the part needs are looked up.
 * @param size width and height of the whole result, at least 1 each
 * @param part the rectangle of the result to compute, by default all of it; the same pixels as cropping afterwards
 */
export function resizeBicubic(
  image: GreyImage | LevelImage | BandedImage,
  size: ImageSize,
  part: PixelBox = whole(size),
): GreyImage {
  const ofWidth = computeTaps(image.width, size.width, part.x1, part.x2);
  const ofHeight = computeTaps(image.height, size.height, part.y1, part.y2);
  const isBanded = "rows" in image;
  const across = isBanded ? overBands(ofWidth, image.columns) : ofWidth;
  const down = isBanded ? overBands(ofHeight, image.rows) : ofHeight;
  const bands = { width: across.to, height: down.to };
  const source = "levels" in image ? image : levelsOf(isBanded ? { ...bands, pixels: image.pixels } : image);
  const area = pixelBox(across.from, down.from, across.to, down.to);
  const heightFirst = size.height < image.height && image.height - size.height > 2 * (image.width - size.width);
  if (heightFirst) {
    const squeezed = resampleColumns(lookUp(source), down, area);
    return resampleRows(levelsOf(squeezed), across, whole(squeezed));
  }
  const narrowed = resampleRows(source, across, area);
  return resampleColumns(narrowed, down, whole(narrowed));
}
