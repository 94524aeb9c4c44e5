/**
 * Plane geometry of the drawn body, in fractions of the film's width and height (the film is square).
 *
 * Films must be equal on every machine, and only + - × ÷ and the square root are rounded alike everywhere. So nothing
 * in this folder takes a sine, an exponential or a power: directions are normalised vectors, profiles are polynomials.
 */
import { type UnitBox, unitBox } from "../../images/boxes.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Ellipse {
  readonly centre: Point;
  /** Direction of the first radius, unit length. */
  readonly axis: Point;
  readonly radius: number;
  /** The radius at right angles to `axis`. */
  readonly crossRadius: number;
}

export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : Math.min(value, high);
}

export function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

/** 0 up to `low`, 1 from `high` on, a cubic with flat ends between. */
export function smoothstep(low: number, high: number, value: number): number {
  const t = clamp((value - low) / (high - low), 0, 1);
  return t * t * (3 - 2 * t);
}

/** The vector of length 1 in this direction. */
export function direction(x: number, y: number): Point {
  const length = Math.sqrt(x * x + y * y);
  return { x: x / length, y: y / length };
}

/** 1 in the ellipse's centre, 0 on its edge, negative outside. */
export function ellipseDepth({ centre, axis, radius, crossRadius }: Ellipse, x: number, y: number): number {
  const dx = x - centre.x;
  const dy = y - centre.y;
  const along = (dx * axis.x + dy * axis.y) / radius;
  const across = (dy * axis.x - dx * axis.y) / crossRadius;
  return 1 - along * along - across * across;
}

/** As `ellipseDepth`, for a rectangle with rounded corners on the same radii. */
export function roundedDepth({ centre, axis, radius, crossRadius }: Ellipse, x: number, y: number): number {
  const dx = x - centre.x;
  const dy = y - centre.y;
  const along = (dx * axis.x + dy * axis.y) / radius;
  const across = (dy * axis.x - dx * axis.y) / crossRadius;
  return 1 - along * along * along * along - across * across * across * across;
}

/** The upright box around the ellipse. */
export function ellipseBounds({ centre, axis, radius, crossRadius }: Ellipse): UnitBox {
  const reach = (a: number, b: number) => Math.sqrt(a * radius * a * radius + b * crossRadius * b * crossRadius);
  const width = reach(axis.x, axis.y);
  const height = reach(axis.y, axis.x);
  return unitBox(centre.x - width, centre.y - height, centre.x + width, centre.y + height);
}

/** `steps + 1` points of the cubic Bézier curve. */
export function bezier(from: Point, control1: Point, control2: Point, to: Point, steps: number): Point[] {
  return Array.from({ length: steps + 1 }, (_, i) => {
    const t = i / steps;
    const s = 1 - t;
    const weights = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t] as const;
    return {
      x: weights[0] * from.x + weights[1] * control1.x + weights[2] * control2.x + weights[3] * to.x,
      y: weights[0] * from.y + weights[1] * control1.y + weights[2] * control2.y + weights[3] * to.y,
    };
  });
}

/** The box around points, `margin` wider on every side. */
export function pointBounds(points: readonly Point[], margin = 0): UnitBox {
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  return unitBox(
    Math.min(...xs) - margin,
    Math.min(...ys) - margin,
    Math.max(...xs) + margin,
    Math.max(...ys) + margin,
  );
}

/** The smallest box around several. */
export function joinBounds(boxes: readonly UnitBox[]): UnitBox {
  return pointBounds(
    boxes.flatMap(({ x1, y1, x2, y2 }) => [
      { x: x1, y: y1 },
      { x: x2, y: y2 },
    ]),
  );
}

/** The smallest box around the part of `within` where `inside` holds, on a grid of 1/256; `within` when it is nowhere. */
export function boundsWhere(within: UnitBox, inside: (x: number, y: number) => boolean): UnitBox {
  const step = 1 / 256;
  const columns = Math.floor((within.x2 - within.x1) / step);
  const rows = Math.floor((within.y2 - within.y1) / step);
  const xOf = (column: number) => within.x1 + (column + 0.5) * step;
  const yOf = (row: number) => within.y1 + (row + 0.5) * step;
  const isInRow = (row: number) => some(0, columns, (column) => inside(xOf(column), yOf(row)));
  // From each side inwards: what lies between need not be looked at.
  const top = first(0, rows, isInRow);
  if (top === rows) return within;
  const bottom = last(top, rows, isInRow);
  const isInColumn = (column: number) => some(top, bottom + 1, (row) => inside(xOf(column), yOf(row)));
  const left = first(0, columns, isInColumn);
  const right = last(left, columns, isInColumn);
  return unitBox(
    within.x1 + left * step,
    within.y1 + top * step,
    within.x1 + (right + 1) * step,
    within.y1 + (bottom + 1) * step,
  );
}

/** The first index from `from` on for which the condition holds; `to` when there is none. */
function first(from: number, to: number, holds: (index: number) => boolean): number {
  let index = from;
  while (index < to && !holds(index)) index++;
  return index;
}

/** The last index below `to` for which the condition holds; `from` when there is none. */
function last(from: number, to: number, holds: (index: number) => boolean): number {
  let index = to - 1;
  while (index > from && !holds(index)) index--;
  return index;
}

function some(from: number, to: number, holds: (index: number) => boolean): boolean {
  return first(from, to, holds) < to;
}
