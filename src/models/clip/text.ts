/** CLIP's text tower. Official names `text_model.*`, `text_projection.weight`. It serves pretraining only. */
import { ops, type Tensor } from "../../graph/index.ts";
import { causalBias, linear, norm, type Params } from "../../nn/index.ts";
import { type ClipLayerConfig, clipLayer } from "./layer.ts";

export interface ClipTextConfig extends ClipLayerConfig {
  readonly layers: number;
  readonly vocabularySize: number;
  /** Longest text that has position embeddings. */
  readonly positions: number;
  /** C: width of the projected embedding. */
  readonly projectionWidth: number;
}

/**
 * Pooled and projected text embeddings, not normalised.
 * @param tokens [M, S] int64; what follows a text's last token is free, as attention is causal
 * @param lastPlaces [M] int64: where each text's last token (end of text) is, as a row of [M·S]
 * @returns [M, C] float32
 */
export function encodeTexts(p: Params, config: ClipTextConfig, tokens: Tensor, lastPlaces: Tensor): Tensor {
  const S = tokens.shape[1]!;
  const { width: E } = config;
  const pooled = p.in("text_model", (p) => {
    let x = p.in("embeddings", (p) => {
      const words = p.in("token_embedding", (p) => p.get("weight", [config.vocabularySize, E]));
      const positions = p.in("position_embedding", (p) => p.get("weight", [config.positions, E]));
      return ops.add(ops.gather(words, tokens), ops.slice(positions, 0, 0, S)); // [M, S, E]
    });
    const bias = causalBias(p.graph, 0, S);
    for (let i = 0; i < config.layers; i++) x = p.in(`encoder.layers.${i}`, (p) => clipLayer(p, config, x, { bias }));
    const last = ops.gather(ops.reshape(x, [-1, E]), lastPlaces); // [M, E]
    return p.in("final_layer_norm", (p) => norm(p, last, config.epsilon));
  });
  return p.in("text_projection", (p) => linear(p, pooled, config.projectionWidth, { bias: false }));
}
