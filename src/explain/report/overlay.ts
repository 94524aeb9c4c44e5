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

/** The values at the ends of a map's colours: as far below 0 as above it, or from the smallest to the largest. */
export function colourRange({ values }: PatchMap, isSigned: boolean): { readonly low: number; readonly high: number } {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (!isSigned) return { low: least, high: most };
  const farthest = Math.max(Math.abs(least), Math.abs(most));
  return { low: -farthest, high: farthest };
}

/** A map's values between those ends: in -1..1 for two signs, else in 0..1. A map of equal values has no colour. */
export function scaled(map: PatchMap, isSigned: boolean): PatchMap {
  const { low, high } = colourRange(map, isSigned);
  if (high === low) return { side: map.side, values: map.values.map(() => 0) };
  const unit = (value: number) => (value - low) / (high - low);
  return { side: map.side, values: map.values.map((value) => (isSigned ? 2 * unit(value) - 1 : unit(value))) };
}

/**
 * A map over patches, a flat colour for each: no detail is shown that was not computed.
 * @param seen the share of the view's side that the patches cover: below 1 where a rest at its border is seen by nobody
 */
export function patchSampler(map: PatchMap, film: ImageSize, view: EncoderView, seen = 1): Sampler {
  const { side, values } = map;
  // Straight lines through the film's corners: a picture asks for every one of its pixels.
  const corners = filmToView(unitBox(0, 0, 1, 1), film, view);
  const place = (at: number, low: number, high: number) => Math.floor(((low + at * (high - low)) / seen) * side);
  return (x, y) => {
    const [column, row] = [place(x, corners.x1, corners.x2), place(y, corners.y1, corners.y2)];
    return column < 0 || row < 0 || column >= side || row >= side ? undefined : values[row * side + column];
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
  const pixels = new Uint8ClampedArray(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const value = sampler((x + 0.5) / width, (y + 0.5) / height);
      const [r, g, b, alpha] = value === undefined ? [0, 0, 0, 1 - unseen] : colours(value);
      const below = (1 - alpha) * grey[i]!;
      pixels[3 * i] = below + alpha * r;
      pixels[3 * i + 1] = below + alpha * g;
      pixels[3 * i + 2] = below + alpha * b;
    }
  }
  return { width, height, pixels: new Uint8Array(pixels.buffer) };
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
