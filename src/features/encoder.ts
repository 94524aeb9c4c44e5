/** A CLIP image encoder as a session over fixed batches. */
import { type Float32HostArray, float32, sizeOf } from "../base/arrays.ts";
import { ModelError } from "../base/errors.ts";
import { type GreyImage, writeClipInput } from "../images/index.ts";
import { type EncoderConfig, encoderGraph } from "../models/clip/index.ts";
import type { Runtime } from "../runtime/index.ts";
import type { Weights } from "../weights/index.ts";

/** What an encoder is shown: 8-bit grey levels, as high as wide. */
export type Square = GreyImage;

/** Embeds 8-bit squares. Whoever opens it releases it (`await using`). */
export interface Encoder extends AsyncDisposable {
  readonly batchSize: number;
  /**
   * At most `batchSize` squares of the encoder's side → one unit vector [C] each.
   * @throws ModelError when the weights make something of them that is no finite number
   */
  encode(images: readonly Square[]): Promise<Float32Array[]>;
}

/**
 * Squares as CLIP's input tensor.
 * @param images at most B squares of `side` pixels
 * @param into [B, 3, side, side] float32; rows beyond the images keep what they held
 */
export function fillPixels(images: readonly Square[], into: Float32HostArray): void {
  const [, channels, height, width] = into.shape as [number, number, number, number];
  const size = channels * height * width;
  for (const [i, image] of images.entries()) writeClipInput(image, into.data.subarray(i * size, (i + 1) * size));
}

function notFinite(): ModelError {
  return new ModelError("The encoder's embeddings are no finite numbers.", {
    where: "encoder",
    remedy: "Its weights are damaged or too large for float32: fetch the model again, or use another one.",
  });
}

/**
 * A graph has a fixed batch. One that is not full goes to a session of the next power of two, opened when it is first
 * needed, so that the last squares of a data set do not cost a whole batch.
 */
export async function openEncoder(
  runtime: Runtime,
  config: EncoderConfig,
  weights: Weights,
  batchSize: number,
): Promise<Encoder> {
  const open = async (batch: number) => {
    const shape = [batch, 3, config.imageSize, config.imageSize];
    const session = await runtime.compile(encoderGraph(config, batch), { constants: weights });
    return { session, pixels: float32(shape, new Float32Array(sizeOf(shape))) };
  };
  const sessions = new Map([[batchSize, await open(batchSize)]]);
  const sessionFor = async (count: number) => {
    const batch = Math.min(batchSize, 2 ** Math.ceil(Math.log2(count)));
    const found = sessions.get(batch) ?? (await open(batch));
    sessions.set(batch, found);
    return found;
  };
  const C = config.projectionWidth;
  return {
    batchSize,
    encode: async (images) => {
      // A product of a single row rounds otherwise in the engine; from two on, a square's bits do not depend on its batch.
      const { session, pixels } = await sessionFor(Math.max(2, images.length));
      // Surplus rows hold old pixels; nobody reads their embeddings.
      fillPixels(images, pixels);
      const outputs = await session.run(new Map([["pixels", pixels]]));
      const data = outputs.get("embeddings")?.data as Float32Array; // [batch, C]
      if (!data.subarray(0, images.length * C).every(Number.isFinite)) throw notFinite();
      return images.map((_, i) => data.slice(i * C, (i + 1) * C));
    },
    [Symbol.asyncDispose]: async () => {
      for (const { session } of sessions.values()) await session.release();
    },
  };
}
