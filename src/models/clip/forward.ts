/** CLIP's vision transformer, REFERENCE §2.4. Official names `vision_model.*`, `visual_projection.weight`. */
import { ops, type Tensor } from "../../graph/index.ts";
import { linear, norm, type Params } from "../../nn/index.ts";
import type { ClipVisionConfig } from "./config.ts";
import { clipLayer } from "./layer.ts";

/**
 * Pooled and projected image embeddings, not normalised.
 * @param pixels [B, 3, imageSize, imageSize] float32, normalised by CLIP's mean and deviation
 * @returns [B, C] float32
 */
export function encodeImages(p: Params, config: ClipVisionConfig, pixels: Tensor): Tensor {
  const states = hiddenStates(p, config, pixels, 1); // only the class token leaves the last layer, so only it asks there
  return projectToken(p, config, states.at(-1)!);
}

/**
 * What comes out of each layer, the class token first: [B, 1 + N, E].
 * @param pixels as `encodeImages` takes them
 * @param lastRows positions that the last layer computes, of 1 + N
 */
export function hiddenStates(p: Params, config: ClipVisionConfig, pixels: Tensor, lastRows?: number): Tensor[] {
  return p.in("vision_model", (p) => {
    let x = p.in("embeddings", (p) => embedPatches(p, config, pixels)); // [B, 1 + N, E]
    x = p.in("pre_layrnorm", (p) => norm(p, x, config.epsilon)); // sic
    return Array.from({ length: config.layers }, (_, i) => {
      const rows = i === config.layers - 1 ? lastRows : undefined;
      x = p.in(`encoder.layers.${i}`, (p) => clipLayer(p, config, x, rows === undefined ? {} : { rows }));
      return x;
    });
  });
}

/** The final norm and the projection, which make an embedding of the last layer's class token: [B, 1, E] → [B, C]. */
export function projectToken(p: Params, config: ClipVisionConfig, token: Tensor): Tensor {
  const normed = p.in("vision_model", (p) => {
    const flat = ops.reshape(token, [-1, config.width]); // [B, E]
    return p.in("post_layernorm", (p) => norm(p, flat, config.epsilon));
  });
  return p.in("visual_projection", (p) => linear(p, normed, config.projectionWidth, { bias: false }));
}

/** Non-overlapping patches times the patch kernel, the class token in front, positions added: [B, 1 + N, E]. */
function embedPatches(p: Params, { imageSize, patchSize: k, width: E }: ClipVisionConfig, pixels: Tensor): Tensor {
  const B = pixels.shape[0]!;
  const side = Math.floor(imageSize / k); // patches along one side; a rest at the border is not seen, as in a convolution
  const N = side * side;
  const whole = ops.slice(ops.slice(pixels, 2, 0, side * k), 3, 0, side * k);
  const unfolded = ops.transpose(ops.reshape(whole, [B, 3, side, k, side, k]), [0, 2, 4, 1, 3, 5]);
  const kernel = ops.reshape(
    p.in("patch_embedding", (p) => p.get("weight", [E, 3, k, k])),
    [E, 3 * k * k],
  );
  const patches = ops.matmul(ops.reshape(unfolded, [B, N, 3 * k * k]), kernel, { transB: true }); // [B, N, E]
  const classToken = ops.expand(p.get("class_embedding", [E]), [B, 1, E]);
  const positions = p.in("position_embedding", (p) => p.get("weight", [1 + N, E]));
  return ops.add(ops.concat([classToken, patches], 1), positions);
}
