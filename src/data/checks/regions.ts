/** Areas of regions that are unions of boxes. */
import { boxArea, intersection, type UnitBox, unitBox } from "../../images/index.ts";
import { readBoxesOf } from "../transforms/readers.ts";

/** Area that at least one of the boxes covers, as a share of the image; exact, by the upright strips between their edges. */
export function unionArea(boxes: readonly UnitBox[]): number {
  const onImage = boxes
    .map((box) => intersection(box, unitBox(0, 0, 1, 1)))
    .filter((box) => boxArea(box) > 0)
    .sort((a, b) => a.y1 - b.y1);
  const xs = [...new Set(onImage.flatMap(({ x1, x2 }) => [x1, x2]))].sort((a, b) => a - b);
  let area = 0;
  for (let i = 0; i + 1 < xs.length; i++) {
    const [left, right] = [xs[i]!, xs[i + 1]!];
    let [covered, bottom] = [0, 0];
    for (const { x1, x2, y1, y2 } of onImage) {
      if (x1 > left || x2 < right || y2 <= bottom) continue;
      covered += y2 - Math.max(y1, bottom);
      bottom = y2;
    }
    area += (right - left) * covered;
  }
  return area;
}

/** Intersection over union of two regions, as of two masks: 1 for equal ones, 0 for disjoint ones or two without area. */
export function regionIou(a: readonly UnitBox[], b: readonly UnitBox[]): number {
  const union = unionArea([...a, ...b]);
  return union === 0 ? 0 : unionArea(readBoxesOf({ boxes: a, extraBoxes: b }, "intersection")) / union;
}
