/** What the mapper sees: REFERENCE §2.5. */
import { z } from "zod";
import { ops, type Tensor } from "../../graph/index.ts";
import { unitLength } from "../../nn/index.ts";

export const inputModes = ["image", "mask", "image+mask"] as const;

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
  return mode === "image+mask" ? 2 * embeddingWidth : embeddingWidth;
}

/**
 * Joins a film's and a mask's embedding as the mode says.
 * @param image,mask unit vectors of one width, float32
 * @returns [C] float32
 */
export function joinVectors(image: Float32Array, mask: Float32Array, { mode, concatNorm }: VisualInput): Float32Array {
  if (mode !== "image+mask") return mode === "image" ? image : mask;
  const joined = new Float32Array(image.length + mask.length);
  joined.set(image);
  joined.set(mask, image.length);
  if (!concatNorm) return joined;
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
