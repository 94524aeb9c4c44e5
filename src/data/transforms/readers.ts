/** Which boxes a finding has: one reader's, or what two readers make together. */
import { boxArea, intersection, type UnitBox } from "../../images/index.ts";
import type { Finding, Reader } from "../vocabulary.ts";

/** The rectangles that a box of each list covers. */
function sharedRectangles(first: readonly UnitBox[], second: readonly UnitBox[]): UnitBox[] {
  const pairs = first.flatMap((box) => second.map((other) => intersection(box, other)));
  return pairs.filter((box) => boxArea(box) > 0);
}

/**
 * The boxes of a finding. As masks, `both` is the union of the two readers' regions, and `intersection` exactly what
 * both of them marked; it is empty where the second reader drew nothing, as for most findings of the release.
 */
export function readBoxesOf({ boxes, extraBoxes }: Pick<Finding, "boxes" | "extraBoxes">, reader: Reader) {
  if (reader === "both") return [...boxes, ...extraBoxes];
  if (reader === "intersection") return sharedRectangles(boxes, extraBoxes);
  return reader === 1 ? boxes : extraBoxes;
}
