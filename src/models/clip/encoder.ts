/** CLIP's image encoders, of either kind. */
import { Graph, type Tensor } from "../../graph/index.ts";
import { Params, unitLength } from "../../nn/index.ts";
import type { ClipVisionConfig } from "./config.ts";
import { encodeImages } from "./forward.ts";
import { encodeWithResNet, type ResNetConfig } from "./resnet.ts";

export type EncoderConfig = ClipVisionConfig | ResNetConfig;

/**
 * Embeddings as features hold them.
 * @param pixels [B, 3, imageSize, imageSize] float32, normalised by CLIP's mean and deviation
 * @returns [B, C] float32, rows of length 1
 */
export function embedImages(p: Params, config: EncoderConfig, pixels: Tensor): Tensor {
  return unitLength(config.kind === "vit" ? encodeImages(p, config, pixels) : encodeWithResNet(p, config, pixels));
}

/** Input `pixels` [B, 3, imageSize, imageSize]; output `embeddings` [B, C], each row of length 1. */
export function encoderGraph(config: EncoderConfig, batchSize: number): Record<string, Tensor> {
  const graph = new Graph("clip-vision");
  const pixels = graph.input("pixels", "float32", [batchSize, 3, config.imageSize, config.imageSize]);
  return { embeddings: embedImages(new Params(graph), config, pixels) };
}
