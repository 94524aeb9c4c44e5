/** Areas of sets of boxes, exactly: no pixel grid, so the result does not depend on an image's size. */
import type { UnitBox } from "../../images/boxes.ts";

/** Covered areas of two sets of boxes, in shares of the image. */
export interface Overlap {
  readonly first: number;
  readonly second: number;
  readonly shared: number;
}

/** The part of a box on the image; undefined when nothing is left. */
function onImage({ x1, y1, x2, y2 }: UnitBox) {
  const clamp = (value: number) => Math.max(0, Math.min(1, value));
  const box = { x1: clamp(x1), y1: clamp(y1), x2: clamp(x2), y2: clamp(y2) };
  return box.x2 > box.x1 && box.y2 > box.y1 ? box : undefined;
}

/**
 * Areas of the union of each set and of what both cover. The edges of all boxes cut the image into cells that are inside
 * or outside as a whole.
 */
export function overlapOf(first: readonly UnitBox[], second: readonly UnitBox[]): Overlap {
  const sets = [first, second].map((boxes) => boxes.flatMap((box) => onImage(box) ?? []));
  const edges = (pick: (box: { x1: number; y1: number; x2: number; y2: number }) => number[]) =>
    [...new Set(sets.flat().flatMap(pick))].sort((a, b) => a - b);
  const xs = edges(({ x1, x2 }) => [x1, x2]);
  const ys = edges(({ y1, y2 }) => [y1, y2]);
  let [a, b, shared] = [0, 0, 0];
  for (let i = 0; i + 1 < xs.length; i++) {
    for (let j = 0; j + 1 < ys.length; j++) {
      const area = (xs[i + 1]! - xs[i]!) * (ys[j + 1]! - ys[j]!);
      const [inA, inB] = sets.map((boxes) =>
        boxes.some(({ x1, y1, x2, y2 }) => x1 <= xs[i]! && xs[i + 1]! <= x2 && y1 <= ys[j]! && ys[j + 1]! <= y2),
      );
      if (inA) a += area;
      if (inB) b += area;
      if (inA && inB) shared += area;
    }
  }
  return { first: a, second: b, shared };
}
