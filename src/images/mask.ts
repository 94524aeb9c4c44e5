/** Boxes as a picture. */
import { type ImageSize, type UnitBox, unitToPixel } from "./boxes.ts";
import type { GreyImage } from "./film.ts";

/**
 * The union of the boxes at full image size (REFERENCE 2.2): 255 inside, 0 outside. Boxes that cover no pixel leave
 * no trace; no box at all is an all-black mask.
 */
export function boxMask(boxes: readonly UnitBox[], size: ImageSize): GreyImage {
  const { width, height } = size;
  const pixels = new Uint8Array(width * height);
  for (const box of boxes) {
    const covered = unitToPixel(box, size);
    if (covered === undefined) continue;
    for (let y = covered.y1; y < covered.y2; y++) pixels.fill(255, y * width + covered.x1, y * width + covered.x2);
  }
  return { width, height, pixels };
}
