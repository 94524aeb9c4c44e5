/** CLIP's image encoders, of either kind. */
import { Graph, type Tensor } from "../../graph/index.ts";
import { Params, unitLength } from "../../nn/index.ts";
import type { ClipVisionConfig } from "./config.ts";
import { encodeImages } from "./forward.ts";
import { encodeWithResNet, type ResNetConfig } from "./resnet.ts";

export type EncoderConfig = ClipVisionConfig | ResNetConfig;

/** Input `pixels` [B, 3, imageSize, imageSize]; output `embeddings` [B, C], each row of length 1. */
export function encoderGraph(config: EncoderConfig, batchSize: number): Record<string, Tensor> {
  const graph = new Graph("clip-vision");
  const pixels = graph.input("pixels", "float32", [batchSize, 3, config.imageSize, config.imageSize]);
  const p = new Params(graph);
  const embeddings = config.kind === "vit" ? encodeImages(p, config, pixels) : encodeWithResNet(p, config, pixels);
  return { embeddings: unitLength(embeddings) };
}
