/** The rectangle around boxes. */
import { boxArea, intersection, type UnitBox, unitBox } from "./boxes.ts";

/**
 * Boxes as four numbers in place of a mask: x1, y1, x2, y2 of the rectangle around them all, within 0..1.
 * @returns [4] float32; zeros where no box covers a part of the image
 */
export function boxNumbers(boxes: readonly UnitBox[]): Float32Array<ArrayBuffer> {
  const around = boundingBox(boxes);
  return around === undefined ? new Float32Array(4) : Float32Array.of(around.x1, around.y1, around.x2, around.y2);
}

/** The rectangle around all boxes, within the image; undefined where none covers a part of it. */
export function boundingBox(boxes: readonly UnitBox[]): UnitBox | undefined {
  const onImage = boxes.map((box) => intersection(box, unitBox(0, 0, 1, 1))).filter((box) => boxArea(box) > 0);
  if (onImage.length === 0) return undefined;
  const [first, ...rest] = onImage;
  return rest.reduce(
    (a, b) => unitBox(Math.min(a.x1, b.x1), Math.min(a.y1, b.y1), Math.max(a.x2, b.x2), Math.max(a.y2, b.y2)),
    first!,
  );
}
