/** What the mapper sees of a row: REFERENCE §2.5. */
import type { Row } from "../data/index.ts";
import { type Features, vectorsOf } from "./features.ts";

export const inputModes = ["image", "mask", "image+mask"] as const;

/** Which embeddings the mapper is given. */
export type InputMode = (typeof inputModes)[number];

export interface VisualInput {
  readonly mode: InputMode;
  /** Scale the joined vector of `image+mask` back to length 1 (the paper); off: length √2 (the public code). */
  readonly concatNorm: boolean;
}

/** C: width of the mapper's input. */
export function visualWidth(embeddingWidth: number, { mode }: VisualInput): number {
  return mode === "image+mask" ? 2 * embeddingWidth : embeddingWidth;
}

/** Joins a film's and a mask's embedding as the mode says. @returns [C] float32 */
export function joinVectors(image: Float32Array, mask: Float32Array, { mode, concatNorm }: VisualInput): Float32Array {
  if (mode !== "image+mask") return mode === "image" ? image : mask;
  const joined = new Float32Array(image.length + mask.length);
  joined.set(image);
  joined.set(mask, image.length);
  if (!concatNorm) return joined;
  const length = Math.sqrt(joined.reduce((sum, value) => sum + value * value, 0));
  return joined.map((value) => value / length);
}

/** The mapper's input for a row. @throws DataError when the features do not hold the row */
export function visualVector(features: Features, row: Row, input: VisualInput): Float32Array {
  const { image, mask } = vectorsOf(features, row);
  return joinVectors(image, mask, input);
}
