/** Maps over films: every pixel of the film asks the map for its value, through the encoder's view. */
import {
  type EncoderView,
  filmToView,
  type GreyImage,
  type ImageSize,
  type UnitBox,
  unitBox,
} from "../../images/index.ts";
import type { PatchMap } from "../patch-map.ts";
import type { ColourScale } from "./colours.ts";

/** Eight-bit colours, [height, width, 3] row-major. */
export interface ColourImage extends ImageSize {
  readonly pixels: Uint8Array;
}

/** The map's value at a place of the film, in fractions of it; undefined where the encoder sees nothing. */
export type Sampler = (x: number, y: number) => number | undefined;

/** A map's values in -1..1 or 0..1: divided by the largest magnitude. */
export function scaled({ side, values }: PatchMap): PatchMap {
  const most = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return { side, values: most === 0 ? values : values.map((value) => value / most) };
}

/**
 * A map over patches, a flat colour for each: no detail is shown that was not computed.
 * @param seen the share of the view's side that the patches cover: below 1 where a rest at its border is seen by nobody
 */
export function patchSampler(map: PatchMap, film: ImageSize, view: EncoderView, seen = 1): Sampler {
  const { side } = map;
  return (x, y) => {
    const { x1, y1 } = filmToView(unitBox(x, y, x, y), film, view);
    const [column, row] = [Math.floor((x1 / seen) * side), Math.floor((y1 / seen) * side)];
    return column < 0 || row < 0 || column >= side || row >= side ? undefined : map.values[row * side + column];
  };
}

/** A grid stretched over the whole film with straight lines between its values, as the public code draws it. */
export function stretchedSampler(values: ArrayLike<number>, rows: number, columns: number): Sampler {
  const at = (row: number, column: number) =>
    values[Math.max(0, Math.min(rows - 1, row)) * columns + Math.max(0, Math.min(columns - 1, column))]!;
  return (x, y) => {
    const [gx, gy] = [x * columns - 0.5, y * rows - 0.5];
    const [column, row] = [Math.floor(gx), Math.floor(gy)];
    const [u, v] = [gx - column, gy - row];
    const top = (1 - u) * at(row, column) + u * at(row, column + 1);
    return (1 - v) * top + v * ((1 - u) * at(row + 1, column) + u * at(row + 1, column + 1));
  };
}

/** How much darker the film is where the encoder does not see it. */
const unseen = 0.45;

/** @param film grey levels as they shall be seen, at the size of the picture */
export function overlay(film: GreyImage, sampler: Sampler, colours: ColourScale): ColourImage {
  const { width, height, pixels: grey } = film;
  const pixels = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const value = sampler((x + 0.5) / width, (y + 0.5) / height);
      const [r, g, b, alpha] = value === undefined ? [0, 0, 0, 1 - unseen] : colours(value);
      const below = (1 - alpha) * grey[i]!;
      pixels.set([below + alpha * r, below + alpha * g, below + alpha * b], 3 * i);
    }
  }
  return { width, height, pixels };
}

/** Draws the outlines of boxes into a picture. */
export function drawBoxes(
  image: ColourImage,
  boxes: readonly UnitBox[],
  colour: readonly [number, number, number],
): void {
  const { width, height, pixels } = image;
  const thickness = Math.max(2, Math.round(Math.max(width, height) / 200));
  const clamped = (value: number, length: number) => Math.max(0, Math.min(length, Math.round(value * length)));
  for (const box of boxes) {
    const [x1, x2] = [clamped(box.x1, width), clamped(box.x2, width)];
    const [y1, y2] = [clamped(box.y1, height), clamped(box.y2, height)];
    for (let y = y1; y < y2; y++) {
      for (let x = x1; x < x2; x++) {
        const edge = Math.min(x - x1, x2 - 1 - x, y - y1, y2 - 1 - y);
        if (edge < thickness) pixels.set(colour, 3 * (y * width + x));
      }
    }
  }
}
