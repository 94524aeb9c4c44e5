/**
 * What the X-rays pass on their way: three layers of attenuation over the film, and the two ways to paint on them.
 *
 * A layer is only added to or scaled, so the order of painting does not matter and one finding need not know another.
 */
import { type PixelBox, pixelBox, type UnitBox } from "../../images/boxes.ts";
import { clamp, type Point } from "./shapes.ts";

/**
 * `tissue`: soft tissue, bone, metal and fluid; `air`: how much less the lungs stop because they are filled with air;
 * `markings`: the vessels and fine structure in the aerated lung.
 */
export type Layer = "tissue" | "air" | "markings";

/** A value at a place of the film, in fractions of its width and height. */
export type Field = (x: number, y: number) => number;

/** A function of the row that is computed once while a field is painted from left to right. */
export function oncePerRow<T>(compute: (y: number) => T): (y: number) => T {
  let row = 0;
  let kept = compute(row);
  return (y) => {
    if (y !== row) {
      row = y;
      kept = compute(y);
    }
    return kept;
  };
}

/** How far something small and sharp spreads beyond its outline on a film, by blur and by the size of the pixels. */
export const softEdge = 0.003;

/** How thick a stroke is across its width, given 1 in its middle and 0 on its edge. */
export type StrokeProfile = (depth: number) => number;

/** A round solid rod. */
export const solid: StrokeProfile = (depth) => Math.sqrt(depth);

/** A tube with a dense wall: bone. */
export const tubular: StrokeProfile = (depth) =>
  1.35 * Math.sqrt(depth) - 0.9 * Math.sqrt(Math.max(0, (depth - 0.36) / 0.64));

/** Steps in which a profile is looked up instead of computed for every pixel. */
const profileSteps = 512;

const profileTables = new Map<StrokeProfile, Float64Array>();

/** A profile's values for depths of 0, 1/512, … 1. */
function profileValues(profile: StrokeProfile): Float64Array {
  const known = profileTables.get(profile);
  if (known !== undefined) return known;
  const table = Float64Array.from({ length: profileSteps + 1 }, (_, i) => profile((i + 0.5) / (profileSteps + 0.5)));
  profileTables.set(profile, table);
  return table;
}

export interface Stroke {
  readonly points: readonly Point[];
  /** Radius at the first and at the last point. */
  readonly radius: number;
  readonly endRadius: number;
  /** Attenuation in the middle at the first and at the last point. */
  readonly strength: number;
  readonly endStrength: number;
}

interface Scratch {
  /** How deep in the stroke each pixel lies, 0 outside. */
  readonly depth: Float32Array;
  /** The stroke's strength there. */
  readonly strength: Float32Array;
  /** The columns it touches in each row. */
  readonly first: Int32Array;
  readonly last: Int32Array;
}

export class Canvas {
  readonly size: number;
  readonly tissue: Float32Array;
  readonly air: Float32Array;
  readonly markings: Float32Array;
  /** The stroke being drawn. */
  readonly #scratch: Scratch;

  /** Nothing on a film of `size` × `size` pixels. */
  constructor(size: number) {
    this.size = size;
    this.tissue = new Float32Array(size * size);
    this.air = new Float32Array(size * size);
    this.markings = new Float32Array(size * size);
    this.#scratch = {
      depth: new Float32Array(size * size),
      strength: new Float32Array(size * size),
      first: new Int32Array(size),
      last: new Int32Array(size),
    };
  }

  /** Adds the field to the layer within the bounds. */
  add(layer: Layer, bounds: UnitBox, field: Field): void {
    const { size } = this;
    const pixels = this[layer];
    const { x1, y1, x2, y2 } = this.#pixelsOf(bounds);
    for (let row = y1; row < y2; row++) {
      const y = (row + 0.5) / size;
      for (let column = x1, i = row * size + x1; column < x2; column++, i++) {
        pixels[i] = pixels[i]! + field((column + 0.5) / size, y);
      }
    }
  }

  /** As `add`, for a field without edges: computed at every second pixel of every second row, and blended between. */
  addSmooth(layer: Layer, bounds: UnitBox, field: Field): void {
    const { size } = this;
    const pixels = this[layer];
    const { x1, y1, x2, y2 } = this.#pixelsOf(bounds);
    if (x2 - x1 < 2 || y2 - y1 < 2) {
      this.add(layer, bounds, field);
      return;
    }
    let above = new Float32Array(x2 - x1 + 1);
    let below = new Float32Array(x2 - x1 + 1);
    for (let row = y1; ; row += 2) {
      const y = (row + 0.5) / size;
      for (let column = x1; column < x2 + 1; column += 2) below[column - x1] = field((column + 0.5) / size, y);
      for (let column = 1; column < x2 - x1; column += 2) {
        const next = column + 1 < below.length ? below[column + 1]! : below[column - 1]!;
        below[column] = (below[column - 1]! + next) / 2;
      }
      for (let i = 0; row > y1 && i < x2 - x1; i++) {
        const at = (row - 1) * size + x1 + i;
        pixels[at] = pixels[at]! + (above[i]! + below[i]!) / 2;
      }
      if (row >= y2) return;
      for (let i = 0; i < x2 - x1; i++) {
        const at = row * size + x1 + i;
        pixels[at] = pixels[at]! + below[i]!;
      }
      if (row + 1 >= y2) return;
      [above, below] = [below, above];
    }
  }

  /** Multiplies the layer by the field within the bounds. */
  scale(layer: Layer, bounds: UnitBox, field: Field): void {
    const { size } = this;
    const pixels = this[layer];
    const { x1, y1, x2, y2 } = this.#pixelsOf(bounds);
    for (let row = y1; row < y2; row++) {
      const y = (row + 0.5) / size;
      for (let column = x1, i = row * size + x1; column < x2; column++, i++) {
        pixels[i] = pixels[i]! * field((column + 0.5) / size, y);
      }
    }
  }

  /**
   * Adds a stroke along the points; where its parts overlap, the deepest counts once. With negative strengths it takes
   * away what the same stroke has added.
   */
  stroke(layer: Layer, { points, radius, endRadius, strength, endStrength }: Stroke, profile: StrokeProfile): void {
    const { size } = this;
    const pixels = this[layer];
    const widest = Math.max(radius, endRadius);
    const sign = strength < 0 ? -1 : 1;
    const xs = points.map((point) => point.x * size);
    const ys = points.map((point) => point.y * size);
    const left = clamp(Math.floor(Math.min(...xs) - widest * size), 0, size);
    const right = clamp(Math.ceil(Math.max(...xs) + widest * size), left, size);
    const top = clamp(Math.floor(Math.min(...ys) - widest * size), 0, size);
    const bottom = clamp(Math.ceil(Math.max(...ys) + widest * size), top, size);
    const { depth: depths, strength: strengths, first, last } = this.#scratch;
    for (let row = top; row < bottom; row++) {
      first[row] = right;
      last[row] = left;
    }
    const values = profileValues(profile);
    for (let k = 0; k + 1 < points.length; k++) {
      const share = k / (points.length - 1);
      const nextShare = (k + 1) / (points.length - 1);
      // A stroke thinner than a pixel would break into dots: it is drawn a pixel wide and accordingly fainter.
      const drawn = (at: number) => Math.max(0.75, (radius + (endRadius - radius) * at) * size);
      const fade = (at: number) => Math.min(1, ((radius + (endRadius - radius) * at) * size) / 0.75);
      const [ax, ay, bx, by] = [xs[k]!, ys[k]!, xs[k + 1]!, ys[k + 1]!];
      const [startRadius, stopRadius] = [drawn(share), drawn(nextShare)];
      const start = sign * (strength + (endStrength - strength) * share) * fade(share);
      const stop = sign * (strength + (endStrength - strength) * nextShare) * fade(nextShare);
      const reach = Math.max(startRadius, stopRadius);
      const dx = bx - ax;
      const dy = by - ay;
      const lengthSquared = dx * dx + dy * dy + 1e-12;
      const y1 = clamp(Math.floor(Math.min(ay, by) - reach), top, bottom);
      const y2 = clamp(Math.ceil(Math.max(ay, by) + reach), top, bottom);
      const x1 = clamp(Math.floor(Math.min(ax, bx) - reach), left, right);
      const x2 = clamp(Math.ceil(Math.max(ax, bx) + reach), left, right);
      for (let row = y1; row < y2; row++) {
        const py = row + 0.5 - ay;
        let firstHit = x2;
        let lastHit = x1;
        for (let column = x1; column < x2; column++) {
          const px = column + 0.5 - ax;
          const t = clamp((px * dx + py * dy) / lengthSquared, 0, 1);
          const ex = px - t * dx;
          const ey = py - t * dy;
          const r = startRadius + (stopRadius - startRadius) * t;
          const depth = 1 - (ex * ex + ey * ey) / (r * r);
          if (depth <= 0) continue;
          const i = row * size + column;
          if (depth > depths[i]!) {
            depths[i] = depth;
            strengths[i] = start + (stop - start) * t;
          }
          if (column < firstHit) firstHit = column;
          lastHit = column + 1;
        }
        if (firstHit < first[row]!) first[row] = firstHit;
        if (lastHit > last[row]!) last[row] = lastHit;
      }
    }
    for (let row = top; row < bottom; row++) {
      for (let i = row * size + first[row]!; i < row * size + last[row]!; i++) {
        const depth = depths[i]!;
        if (depth === 0) continue;
        pixels[i] = pixels[i]! + sign * strengths[i]! * values[Math.floor(depth * profileSteps)]!;
        depths[i] = 0;
      }
    }
  }

  /** Every pixel the bounds touch. */
  #pixelsOf(bounds: UnitBox): PixelBox {
    const edge = (value: number) => clamp(value, 0, this.size);
    return pixelBox(
      edge(Math.floor(bounds.x1 * this.size)),
      edge(Math.floor(bounds.y1 * this.size)),
      edge(Math.ceil(bounds.x2 * this.size)),
      edge(Math.ceil(bounds.y2 * this.size)),
    );
  }
}
