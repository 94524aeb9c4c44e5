import type { Row } from "../data/index.ts";
import { boxNumbers } from "../images/index.ts";
import { joinVectors, type VisualInput } from "../models/captioner/index.ts";
import { type Features, vectorsOf } from "./features.ts";

/** The mapper's input for a row, [C] float32. @throws DataError when the features do not hold the row */
export function visualVector(features: Features, row: Row, input: VisualInput): Float32Array {
  return joinVectors({ ...vectorsOf(features, row), box: boxNumbers(row.boxes) }, input);
}
