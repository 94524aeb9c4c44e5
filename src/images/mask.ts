/** Boxes as a picture. */
import { type BandedImage, bandEdges, drawBands } from "./bands.ts";
import { type ImageSize, type UnitBox, unitToPixel } from "./boxes.ts";
import type { GreyImage } from "./film.ts";

/**
 * The union of the boxes at full image size (REFERENCE 2.2): 255 inside, 0 outside. Boxes that cover no pixel leave
 * no trace; no box at all is an all-black mask.
 */
export function bandedMask(boxes: readonly UnitBox[], size: ImageSize): BandedImage {
  const covered = boxes.flatMap((box) => unitToPixel(box, size) ?? []);
  const columns = bandEdges(
    size.width,
    covered.flatMap(({ x1, x2 }) => [x1, x2]),
  );
  const rows = bandEdges(
    size.height,
    covered.flatMap(({ y1, y2 }) => [y1, y2]),
  );
  const bands = columns.length - 1;
  const pixels = new Uint8Array((rows.length - 1) * bands);
  for (const { x1, y1, x2, y2 } of covered) {
    const [from, to] = [columns.indexOf(x1), columns.indexOf(x2)];
    for (let r = rows.indexOf(y1); r < rows.indexOf(y2); r++) pixels.fill(255, r * bands + from, r * bands + to);
  }
  return { ...size, columns, rows, pixels };
}

/** The same mask with every pixel in its place. */
export function boxMask(boxes: readonly UnitBox[], size: ImageSize): GreyImage {
  return drawBands(bandedMask(boxes, { width: size.width, height: size.height }));
}
