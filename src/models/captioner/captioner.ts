/**
 * The whole captioning model: mapper and decoder under their official names (`clip_project.*`, `gpt.transformer.*`).
 * Training and generation both start from `embedPrefix`.
 */
import { ops, type Tensor } from "../../graph/index.ts";
import { type Dropout, noDropout, type Params, tokenCrossEntropy } from "../../nn/index.ts";
import {
  decodePacked,
  decoderPrefix,
  embedTokens,
  type Gpt2Config,
  outputLogits,
  type PackedLayout,
} from "../gpt2/index.ts";
import { type MapperConfig, mapper } from "../mapper/index.ts";

export interface CaptionerConfig {
  readonly mapper: MapperConfig;
  readonly decoder: Gpt2Config;
}

/** A batch of captions as the loss reads it. */
export interface CaptionBatch {
  /** [B, C] float32. */
  readonly visual: Tensor;
  /** [M] int64: every token that another one follows, caption after caption; one more stands for nothing. */
  readonly tokens: Tensor;
  /**
   * How prefixes and tokens are packed: each caption with targets is a sequence of its P prefix tokens and its own,
   * and asked wherever a target is predicted.
   */
  readonly layout: PackedLayout;
  /** [N] int64: for each packed row the one it comes from, counted over the [B·P] prefix tokens and the M tokens. */
  readonly sources: Tensor;
  /** [B·P + M] int64: the packed row of each of those; the surplus row for prefixes that nothing follows. */
  readonly sourceRows: Tensor;
  /** [A] int64: what each asked row must predict. */
  readonly targets: Tensor;
  /** [A] float32: what each target counts for; 0 for the surplus row. */
  readonly weights: Tensor;
}

/**
 * Σ weight · -log p(target) over the batch, REFERENCE §2.7 and §2.8.
 *
 * The prefix's last position predicts the first token and the last token predicts nothing, so a sequence is
 * P + T - 1 long, and the output layer runs only where there is a target. Nothing is padded but the view of attention.
 */
export function captionLoss(
  p: Params,
  config: CaptionerConfig,
  batch: CaptionBatch,
  decoderDropout: Dropout = noDropout,
): Tensor {
  const prefix = ops.reshape(mapper(p, config.mapper, batch.visual), [-1, config.decoder.width]); // [B·P, E]
  return p.in(decoderPrefix, (p) => {
    const caption = embedTokens(p, config.decoder, batch.tokens); // [M, E]
    const embeds = ops.rearrange(ops.concat([prefix, caption], 0), batch.sources, batch.sourceRows); // [N, E]
    const hidden = decodePacked(p, config.decoder, embeds, batch.layout, decoderDropout); // [A, E]
    return tokenCrossEntropy(outputLogits(p, config.decoder, hidden), batch.targets, batch.weights);
  });
}
