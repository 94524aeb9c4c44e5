/** CLIP's vision tower as a session over fixed batches. */
import { float32, sizeOf } from "../base/arrays.ts";
import { clipInput, type GreyImage } from "../images/index.ts";
import { type ClipVisionConfig, encoderGraph } from "../models/clip/index.ts";
import type { Runtime } from "../runtime/index.ts";
import type { Weights } from "../weights/index.ts";

/** Embeds 8-bit squares. Whoever opens it releases it (`await using`). */
export interface Encoder extends AsyncDisposable {
  readonly batchSize: number;
  /** At most `batchSize` squares of the encoder's side → one unit vector [C] each. */
  encode(images: readonly GreyImage[]): Promise<Float32Array[]>;
}

export async function openEncoder(
  runtime: Runtime,
  config: ClipVisionConfig,
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
      images.forEach((image, i) => {
        pixels.data.set(clipInput(image), i * 3 * config.imageSize ** 2);
      });
      const outputs = await session.run(new Map([["pixels", pixels]]));
      const data = outputs.get("embeddings")?.data as Float32Array; // [batchSize, C]
      return images.map((_, i) => data.slice(i * C, (i + 1) * C));
    },
    [Symbol.asyncDispose]: () => session.release(),
  };
}
