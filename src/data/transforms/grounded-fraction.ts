/** Boxes on a fraction of the studies, images on all of them: how many annotations are enough (REFERENCE 9.7). */
import type { Row } from "../vocabulary.ts";
import { drawKeys } from "./subset.ts";

/**
 * The same rows, where the studies that were not drawn have lost their boxes: their masks are black. Nested in the
 * percentage, like `subset`. Only studies with a box are drawn from, so that the percentage is one of annotations.
 * @param percent 0 to 100, of the studies that have a box
 */
export function groundedFraction<R extends Row>(
  rows: readonly R[],
  { percent, seed }: { readonly percent: number; readonly seed: number },
): R[] {
  const annotated = rows.filter(({ boxes }) => boxes.length > 0).map(({ studyId }) => studyId);
  const kept = drawKeys(annotated, percent, seed, "grounded fraction");
  return rows.map((row) => (row.boxes.length === 0 || kept.has(row.studyId) ? row : { ...row, boxes: [] }));
}
