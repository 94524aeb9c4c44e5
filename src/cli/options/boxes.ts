/** Boxes as they are typed on a command line. */
import { UsageError } from "../../base/errors.ts";
import { type ImageSize, pixelBox, pixelToUnit, type UnitBox, unitBox, unitToPixel } from "../../images/index.ts";

/**
 * Parses `x1,y1,x2,y2`.
 * @param pixels whether the numbers are pixels of the film; else they are fractions of its width and height
 * @throws UsageError for anything that is not a box with an area on the film
 */
export function parseBox(text: string, film: ImageSize, pixels: boolean): UnitBox {
  const numbers = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const where = `--box ${text}`;
  const [x1, y1, x2, y2] = numbers as [number, number, number, number];
  if (numbers.length !== 4 || !numbers.every(Number.isFinite)) {
    throw new UsageError("The box is not understood.", { where, expected: "four numbers: x1,y1,x2,y2", found: text });
  }
  if (!pixels && numbers.some((value) => value > 1)) {
    throw new UsageError("The box looks like pixels.", {
      where,
      expected: "fractions of width and height, from 0 to 1",
      found: `${Math.max(...numbers)}`,
      remedy: "Add --pixels if these are pixels of the film.",
    });
  }
  if (x2 <= x1 || y2 <= y1) {
    throw new UsageError("The box is reversed or empty.", { where, expected: "x1 < x2 and y1 < y2", found: text });
  }
  const box = pixels ? pixelToUnit(pixelBox(x1, y1, x2, y2), film) : unitBox(x1, y1, x2, y2);
  if (unitToPixel(box, film) === undefined) {
    throw new UsageError("The box has no area on the film.", {
      where,
      expected: `a box within ${film.width} × ${film.height} pixels`,
      found: text,
    });
  }
  return box;
}

/** A box in both spaces, for answers. */
export function describeBox(box: UnitBox, film: ImageSize) {
  const { x1, y1, x2, y2 } = box;
  const pixels = unitToPixel(box, film)!;
  return { unit: { x1, y1, x2, y2 }, pixel: { x1: pixels.x1, y1: pixels.y1, x2: pixels.x2, y2: pixels.y2 } };
}
