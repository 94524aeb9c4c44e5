/** Numbers over the patches of a square, the resolution at which an encoder can be asked. */
import { type EncoderConfig, resNetReduction } from "../models/clip/index.ts";

export interface PatchMap {
  /** Patches along each side. */
  readonly side: number;
  /** [side, side] row-major. */
  readonly values: Float64Array;
}

/** Pixels along the side of a patch: a transformer's own, or what one place of a residual network's last stage covers. */
export function patchSize(config: EncoderConfig): number {
  return config.kind === "vit" ? config.patchSize : resNetReduction;
}

/** Patches along the side of an encoder's square. */
export function patchesAcross(config: EncoderConfig): number {
  return Math.floor(config.imageSize / patchSize(config));
}

/**
 * Sums over channels and the pixels of each patch. Pixels beyond the last whole patch belong to none; a transformer does
 * not see them.
 * @param values [channels, S, S]
 * @param imageSide S
 * @param size pixels along the side of a patch
 */
export function sumPatches(values: ArrayLike<number>, imageSide: number, size: number): PatchMap {
  const side = Math.floor(imageSide / size);
  const sums = new Float64Array(side * side);
  const area = imageSide * imageSide;
  for (let i = 0; i < values.length; i++) {
    const place = i % area;
    const row = Math.floor(Math.floor(place / imageSide) / size);
    const column = Math.floor((place % imageSide) / size);
    if (row < side && column < side) sums[row * side + column]! += values[i]!;
  }
  return { side, values: sums };
}

/** Places of the patches, highest value first; equal values in reading order. */
export function ranked({ values }: PatchMap): number[] {
  return Array.from(values, (_, i) => i).sort((a, b) => values[b]! - values[a]! || a - b);
}

/** CLIP's input [3, S, S] with the patches that `takes` names from another input of the same size. */
export function replacePatches(
  pixels: Float32Array,
  other: Float32Array,
  imageSide: number,
  size: number,
  takes: (patch: number) => boolean,
): Float32Array {
  const side = Math.floor(imageSide / size);
  const result = pixels.slice();
  for (let patch = 0; patch < side * side; patch++) {
    if (!takes(patch)) continue;
    const [top, left] = [Math.floor(patch / side) * size, (patch % side) * size];
    for (let channel = 0; channel < 3; channel++) {
      for (let y = top; y < top + size; y++) {
        const start = (channel * imageSide + y) * imageSide + left;
        result.set(other.subarray(start, start + size), start);
      }
    }
  }
  return result;
}
