/** What the mapper sees: REFERENCE §2.5. */
import { z } from "zod";
import { ops, type Tensor } from "../../graph/index.ts";
import { unitLength } from "../../nn/index.ts";

/** `image+box` is a control: the film, and the boxes as four numbers instead of a mask. */
export const inputModes = ["image", "mask", "image+mask", "image+box"] as const;

/** Which embeddings the mapper is given. */
export type InputMode = (typeof inputModes)[number];

export const visualInputSchema = z.object({
  mode: z.enum(inputModes),
  /** Scale the joined vector of `image+mask` back to length 1 (the paper); off: length √2 (the public code). */
  concatNorm: z.boolean(),
});

export type VisualInput = z.infer<typeof visualInputSchema>;

/** C: width of the mapper's input, for embeddings of a width. */
export function visualWidth(embeddingWidth: number, { mode }: VisualInput): number {
  if (mode === "image+mask") return 2 * embeddingWidth;
  return mode === "image+box" ? embeddingWidth + boxWidth : embeddingWidth;
}

/** Numbers that stand for boxes: x1, y1, x2, y2 of the rectangle around them. */
const boxWidth = 4;

/** What there is to see of a row. */
export interface SeenVectors {
  /** Unit vectors of one width, float32. */
  readonly image: Float32Array;
  readonly mask: Float32Array;
  /** [4] float32, in fractions of the film; zeros where there is no box. */
  readonly box: Float32Array;
}

/**
 * Joins what the mode reads.
 * @returns [C] float32
 */
export function joinVectors({ image, mask, box }: SeenVectors, { mode, concatNorm }: VisualInput): Float32Array {
  if (mode === "image") return image;
  if (mode === "mask") return mask;
  const second = mode === "image+mask" ? mask : box;
  const joined = new Float32Array(image.length + second.length);
  joined.set(image);
  joined.set(second, image.length);
  if (mode === "image+box" || !concatNorm) return joined;
  const length = Math.sqrt(joined.reduce((sum, value) => sum + value * value, 0));
  return joined.map((value) => value / length);
}

/**
 * The same in a graph, for whoever asks what the pixels have to do with it.
 * @param image,mask [B, C] float32, rows of length 1; only what the mode reads need be there
 * @returns the mapper's input, [B, C] or [B, 2·C]
 */
export function joinTensors(
  { image, mask }: { readonly image?: Tensor | undefined; readonly mask?: Tensor | undefined },
  { mode, concatNorm }: VisualInput,
): Tensor {
  if (mode !== "image+mask") return (mode === "image" ? image : mask)!;
  const joined = ops.concat([image!, mask!], 1);
  return concatNorm ? unitLength(joined) : joined;
}
