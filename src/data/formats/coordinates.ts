/** The ways in which formats write a box, each with its way back. `UnitBox` is the house's own: fractions of the film. */
import { type ImageSize, type UnitBox, unitBox } from "../../images/index.ts";

type Four = readonly [number, number, number, number];

/** x1, y1, x2, y2 in pixels from the film's left and upper edge; half-open, fractions allowed. */
export const pixelCorners = {
  write: ({ x1, y1, x2, y2 }: UnitBox, { width, height }: ImageSize): Four => [
    x1 * width,
    y1 * height,
    x2 * width,
    y2 * height,
  ],
  read: ([x1, y1, x2, y2]: Four, { width, height }: ImageSize) =>
    unitBox(x1 / width, y1 / height, x2 / width, y2 / height),
};

/** Left, top, width, height in pixels. */
export const pixelSides = {
  write: (box: UnitBox, size: ImageSize): Four => {
    const [x1, y1, x2, y2] = pixelCorners.write(box, size);
    return [x1, y1, x2 - x1, y2 - y1];
  },
  read: ([x, y, width, height]: Four, size: ImageSize) => pixelCorners.read([x, y, x + width, y + height], size),
};

/** Left, top, width, height in percent of the film's width and height. */
export const percentSides = {
  write: ({ x1, y1, x2, y2 }: UnitBox): Four => [100 * x1, 100 * y1, 100 * (x2 - x1), 100 * (y2 - y1)],
  read: ([x, y, width, height]: Four) => unitBox(x / 100, y / 100, (x + width) / 100, (y + height) / 100),
};

/** Centre, width and height in fractions of the film. */
export const unitCentre = {
  write: ({ x1, y1, x2, y2 }: UnitBox): Four => [(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1],
  read: ([x, y, width, height]: Four) => unitBox(x - width / 2, y - height / 2, x + width / 2, y + height / 2),
};

/** First and last column and row in whole pixels, counted from 1, both inside the box: at least one pixel. */
export const wholePixels = {
  write: (box: UnitBox, size: ImageSize): Four => {
    const [x1, y1, x2, y2] = pixelCorners.write(box, size).map(Math.round) as [number, number, number, number];
    return [x1 + 1, y1 + 1, Math.max(x1 + 1, x2), Math.max(y1 + 1, y2)];
  },
  read: ([left, top, right, bottom]: Four, size: ImageSize) =>
    pixelCorners.read([left - 1, top - 1, right, bottom], size),
};

/** Four finite numbers, or undefined. */
export function fourNumbers(values: readonly unknown[]): Four | undefined {
  const numbers = values.map((value) => (typeof value === "string" && value.trim() !== "" ? Number(value) : value));
  return numbers.length === 4 && numbers.every(Number.isFinite) ? (numbers as unknown as Four) : undefined;
}
