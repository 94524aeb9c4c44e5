/** Controls that put the box into the image instead of beside it. They take a normalised film at full resolution. */
import { boundingBox, type GreyImage, type UnitBox, unitToPixel } from "../../images/index.ts";

/**
 * The film with the outline of each box drawn on it in white, inwards from the box's edge.
 * @param thickness of the line as a share of the shorter side of the film; at least one pixel
 */
export function drawBoxes(film: GreyImage, boxes: readonly UnitBox[], thickness = 0.01): GreyImage {
  const { width, height } = film;
  const pixels = film.pixels.slice();
  const line = Math.max(1, Math.round(thickness * Math.min(width, height)));
  for (const box of boxes) {
    const drawn = unitToPixel(box, film);
    if (drawn === undefined) continue;
    const { x1, y1, x2, y2 } = drawn;
    for (let y = y1; y < y2; y++) {
      const isEdgeRow = y < y1 + line || y >= y2 - line;
      const row = y * width;
      pixels.fill(255, row + x1, row + (isEdgeRow ? x2 : Math.min(x2, x1 + line)));
      pixels.fill(255, row + Math.max(x1, x2 - line), row + x2);
    }
  }
  return { width, height, pixels };
}

/**
 * The part of the film within the rectangle around all boxes; the whole film where there is none.
 * @param margin added on each side, as a share of the rectangle's width and height
 */
export function cropToBoxes(film: GreyImage, boxes: readonly UnitBox[], margin = 0): GreyImage {
  const around = boundingBox(boxes);
  if (around === undefined) return film;
  const [right, down] = [(around.x2 - around.x1) * margin, (around.y2 - around.y1) * margin];
  const { x1, y1, x2, y2 } = around;
  const part = unitToPixel({ ...around, x1: x1 - right, y1: y1 - down, x2: x2 + right, y2: y2 + down }, film);
  if (part === undefined) return film;
  const [width, height] = [part.x2 - part.x1, part.y2 - part.y1];
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (part.y1 + y) * film.width + part.x1;
    pixels.set(film.pixels.subarray(from, from + width), y * width);
  }
  return { width, height, pixels };
}
