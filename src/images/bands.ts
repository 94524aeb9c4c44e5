/** Images made of rectangles, which have few distinct rows and columns: each is stored once. */
import type { ImageSize } from "./boxes.ts";
import type { GreyImage } from "./film.ts";

/** An 8-bit grey image in bands: all pixels between two neighbouring edges of both axes are the same. */
export interface BandedImage extends ImageSize {
  /** Edges of the columns' bands, ascending from 0 to the width. */
  readonly columns: readonly number[];
  /** Edges of the rows' bands, ascending from 0 to the height. */
  readonly rows: readonly number[];
  /** One for each pair of bands, [row bands, column bands]. */
  readonly pixels: Uint8Array<ArrayBuffer>;
}

/** Distinct edges of one axis, with both ends. */
export function bandEdges(length: number, inner: readonly number[]): number[] {
  return [...new Set([0, ...inner, length])].sort((a, b) => a - b);
}

/** The image with every pixel in its place. */
export function drawBands({ width, height, columns, rows, pixels }: BandedImage): GreyImage {
  const bands = columns.length - 1;
  const drawn = new Uint8Array(width * height);
  for (let r = 0; r + 1 < rows.length; r++) {
    const first = rows[r]! * width;
    for (let c = 0; c < bands; c++) drawn.fill(pixels[r * bands + c]!, first + columns[c]!, first + columns[c + 1]!);
    for (let y = rows[r]! + 1; y < rows[r + 1]!; y++) drawn.copyWithin(y * width, first, first + width);
  }
  return { width, height, pixels: drawn };
}
