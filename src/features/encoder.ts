/** A CLIP image encoder as a session over fixed batches. */
import { type Float32HostArray, float32, sizeOf } from "../base/arrays.ts";
import { clipInput, type GreyImage } from "../images/index.ts";
import { type EncoderConfig, encoderGraph } from "../models/clip/index.ts";
import type { Runtime } from "../runtime/index.ts";
import type { Weights } from "../weights/index.ts";

/** What an encoder is shown: 8-bit grey levels, as high as wide. */
export type Square = GreyImage;

/** Embeds 8-bit squares. Whoever opens it releases it (`await using`). */
export interface Encoder extends AsyncDisposable {
  readonly batchSize: number;
  /** At most `batchSize` squares of the encoder's side → one unit vector [C] each. */
  encode(images: readonly Square[]): Promise<Float32Array[]>;
}

/**
 * Squares as CLIP's input tensor.
 * @param images at most B squares of `side` pixels
 * @param into [B, 3, side, side] float32; rows beyond the images keep what they held
 */
export function fillPixels(images: readonly Square[], into: Float32HostArray): void {
  const [, channels, height, width] = into.shape as [number, number, number, number];
  for (const [i, image] of images.entries()) into.data.set(clipInput(image), i * channels * height * width);
}

export async function openEncoder(
  runtime: Runtime,
  config: EncoderConfig,
  weights: Weights,
  batchSize: number,
): Promise<Encoder> {
  const shape = [batchSize, 3, config.imageSize, config.imageSize];
  const session = await runtime.compile(encoderGraph(config, batchSize), { constants: weights });
  const pixels = float32(shape, new Float32Array(sizeOf(shape)));
  const C = config.projectionWidth;
  return {
    batchSize,
    encode: async (images) => {
      // A short batch leaves old pixels in the surplus rows; nobody reads their embeddings.
      fillPixels(images, pixels);
      const outputs = await session.run(new Map([["pixels", pixels]]));
      const data = outputs.get("embeddings")?.data as Float32Array; // [batchSize, C]
      return images.map((_, i) => data.slice(i * C, (i + 1) * C));
    },
    [Symbol.asyncDispose]: () => session.release(),
  };
}
