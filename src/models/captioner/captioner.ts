/**
 * The whole captioning model: mapper and decoder under their official names (`clip_project.*`, `gpt.transformer.*`).
 * Training and generation both start from `embedPrefix`.
 */
import { ops, type Tensor } from "../../graph/index.ts";
import { type Dropout, noDropout, type Params } from "../../nn/index.ts";
import { decode, decoderPrefix, embedTokens, type Gpt2Config, outputLogits } from "../gpt2/index.ts";
import { type MapperConfig, mapper } from "../mapper/index.ts";

export interface CaptionerConfig {
  readonly mapper: MapperConfig;
  readonly decoder: Gpt2Config;
}

/** A batch of captions as the loss reads it. */
export interface CaptionBatch {
  /** [B, C] float32. */
  readonly visual: Tensor;
  /** [B, T - 1] int64: every token that another one follows; padding at the end is free. */
  readonly tokens: Tensor;
  /** [N] int64: where the N targets are, as rows of [B·T]: row b·T + t is predicted after t tokens of caption b. */
  readonly places: Tensor;
  /** [N] int64. */
  readonly targets: Tensor;
  /** [N] float32: what each target counts for. */
  readonly weights: Tensor;
}

/**
 * -log p of each target, REFERENCE §2.7 and §2.8.
 *
 * The prefix's last position predicts the first token and the last token predicts nothing, so the sequence is
 * P + T - 1 long, and the output layer runs only where there is a target.
 * @param from the first position that predicts; `places` count from it, in rows of B·(P + T - 1 - from). The prefix's
 * last position when absent
 * @returns [N]
 */
export function captionLosses(
  p: Params,
  config: CaptionerConfig,
  batch: Omit<CaptionBatch, "weights">,
  { from, dropout = noDropout }: { readonly from?: number; readonly dropout?: Dropout } = {},
): Tensor {
  const P = config.mapper.prefixLength;
  const prefix = mapper(p, config.mapper, batch.visual); // [B, P, E]
  return p.in(decoderPrefix, (p) => {
    const caption = embedTokens(p, config.decoder, batch.tokens); // [B, T - 1, E]
    const embeds = ops.concat([prefix, caption], 1); // [B, P + T - 1, E]
    const hidden = decode(p, config.decoder, embeds, from ?? P - 1, () => {}, dropout); // [B, T, E]
    const asked = ops.gather(ops.reshape(hidden, [-1, config.decoder.width]), batch.places); // [N, E]
    return ops.crossEntropy(outputLogits(p, config.decoder, asked), batch.targets).losses;
  });
}

/** Σ weight · -log p(target) over the batch: what training makes small. */
export function captionLoss(
  p: Params,
  config: CaptionerConfig,
  batch: CaptionBatch,
  decoderDropout: Dropout = noDropout,
): Tensor {
  const losses = captionLosses(p, config, batch, { dropout: decoderDropout });
  return ops.reduceSum(ops.mul(losses, batch.weights));
}
