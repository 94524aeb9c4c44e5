/** Areas of regions that are unions of boxes. */
import { boxArea, intersection, type UnitBox, unitBox } from "../../images/index.ts";
import { readBoxesOf } from "../transforms/readers.ts";

/** Area that at least one of the boxes covers, as a share of the image; exact, by the grid that their edges make. */
export function unionArea(boxes: readonly UnitBox[]): number {
  const onImage = boxes.map((box) => intersection(box, unitBox(0, 0, 1, 1))).filter((box) => boxArea(box) > 0);
  const edges = (pick: (box: UnitBox) => readonly number[]) =>
    [...new Set(onImage.flatMap(pick))].sort((a, b) => a - b);
  const xs = edges(({ x1, x2 }) => [x1, x2]);
  const ys = edges(({ y1, y2 }) => [y1, y2]);
  let area = 0;
  for (let i = 0; i + 1 < xs.length; i++) {
    for (let j = 0; j + 1 < ys.length; j++) {
      const [x, y] = [xs[i]!, ys[j]!];
      const isCovered = onImage.some((box) => box.x1 <= x && x < box.x2 && box.y1 <= y && y < box.y2);
      if (isCovered) area += (xs[i + 1]! - x) * (ys[j + 1]! - y);
    }
  }
  return area;
}

/** Intersection over union of two regions, as of two masks: 1 for equal ones, 0 for disjoint ones or two without area. */
export function regionIou(a: readonly UnitBox[], b: readonly UnitBox[]): number {
  const union = unionArea([...a, ...b]);
  return union === 0 ? 0 : unionArea(readBoxesOf({ boxes: a, extraBoxes: b }, "intersection")) / union;
}
