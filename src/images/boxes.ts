/**
 * Boxes and the space their numbers live in.
 *
 * A box is never a bare array: `UnitBox` is in fractions of width and height as PadChest-GR stores it, `PixelBox` in
 * whole pixels of one image, half-open (columns x1..x2-1, rows y1..y2-1).
 */

/** A box in fractions of the image's width (x) and height (y). Values as annotated, possibly outside 0..1 or reversed. */
export interface UnitBox {
  readonly space: "unit";
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** A box in whole pixels of an image, half-open, within the image. */
export interface PixelBox {
  readonly space: "pixel";
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** A box in either space. */
export type Box = UnitBox | PixelBox;

/** Width and height in pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

export function unitBox(x1: number, y1: number, x2: number, y2: number): UnitBox {
  return { space: "unit", x1, y1, x2, y2 };
}

export function pixelBox(x1: number, y1: number, x2: number, y2: number): PixelBox {
  return { space: "pixel", x1, y1, x2, y2 };
}
