/** Other boxes for the same film: moved, resized, removed. */
import { type UnitBox, unitBox } from "../../images/index.ts";

export interface BoxVariant {
  /** What was done, in words. */
  readonly change: string;
  readonly boxes: readonly UnitBox[];
}

type Change = (box: UnitBox) => UnitBox;

/** Moves a box by fractions of the film; it stops at the border and keeps its size. */
function moved(dx: number, dy: number): Change {
  return ({ x1, y1, x2, y2 }) => {
    const held = (low: number, high: number, by: number) => Math.max(-low, Math.min(1 - high, by));
    const [x, y] = [held(x1, x2, dx), held(y1, y2, dy)];
    return unitBox(x1 + x, y1 + y, x2 + x, y2 + y);
  };
}

/** Scales a box about its centre; what would lie beyond the film is cut off. */
function resized(factor: number): Change {
  return ({ x1, y1, x2, y2 }) => {
    const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2];
    const [w, h] = [((x2 - x1) / 2) * factor, ((y2 - y1) / 2) * factor];
    return unitBox(Math.max(0, x - w), Math.max(0, y - h), Math.min(1, x + w), Math.min(1, y + h));
  };
}

const changes: Readonly<Record<string, Change>> = {
  "mirrored to the other side": ({ x1, y1, x2, y2 }) => unitBox(1 - x2, y1, 1 - x1, y2),
  "moved up by a quarter of the film": moved(0, -0.25),
  "moved down by a quarter of the film": moved(0, 0.25),
  "half as wide and high": resized(0.5),
  "twice as wide and high": resized(2),
};

/** What is tried with the boxes of a finding; all of them change together. */
export function boxVariants(boxes: readonly UnitBox[]): BoxVariant[] {
  const changed = Object.entries(changes).map(([change, of]) => ({ change, boxes: boxes.map(of) }));
  return [...changed, { change: "removed", boxes: [] }];
}
