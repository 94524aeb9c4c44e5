/**
 * Boxes and the space their numbers live in.
 *
 * A box is never a bare array: `UnitBox` is in fractions of width and height as PadChest-GR stores it, `PixelBox` in
 * whole pixels of one image, half-open (columns x1..x2-1, rows y1..y2-1).
 */
import { roundHalfToEven } from "./rounding.ts";

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

/**
 * The pixels a unit box covers (REFERENCE 2.2): every edge is `round(v·size)`, a half to the even neighbour, clamped
 * to the image.
 * @returns undefined when nothing is left: reversed, outside the image, or without area after rounding
 */
export function unitToPixel(box: UnitBox, size: ImageSize): PixelBox | undefined {
  const edge = (value: number, length: number) => Math.max(0, Math.min(length, roundHalfToEven(value * length)));
  const x1 = edge(box.x1, size.width);
  const y1 = edge(box.y1, size.height);
  const x2 = edge(box.x2, size.width);
  const y2 = edge(box.y2, size.height);
  return x2 > x1 && y2 > y1 ? pixelBox(x1, y1, x2, y2) : undefined;
}

/** The same rectangle in fractions of the image. */
export function pixelToUnit(box: PixelBox, size: ImageSize): UnitBox {
  return unitBox(box.x1 / size.width, box.y1 / size.height, box.x2 / size.width, box.y2 / size.height);
}

/** Area in square units of the box's space; 0 for a reversed box. */
export function boxArea(box: Box): number {
  return Math.max(0, box.x2 - box.x1) * Math.max(0, box.y2 - box.y1);
}

/** The rectangle that both boxes cover; it has no area when they do not meet. */
export function intersection<B extends Box>(a: B, b: B): B {
  return {
    ...a,
    x1: Math.max(a.x1, b.x1),
    y1: Math.max(a.y1, b.y1),
    x2: Math.min(a.x2, b.x2),
    y2: Math.min(a.y2, b.y2),
  };
}

/** Intersection over union of two boxes of one space: 1 for equal boxes, 0 for disjoint ones or two without area. */
export function intersectionOverUnion<B extends Box>(a: B, b: B): number {
  const shared = boxArea(intersection(a, b));
  return shared === 0 ? 0 : shared / (boxArea(a) + boxArea(b) - shared);
}
