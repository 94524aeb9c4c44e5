import { ops, type Tensor } from "../../graph/index.ts";
import type { Params } from "../../nn/index.ts";
import { decode, decoderPrefix, embedTokens, outputLogits } from "../gpt2/index.ts";
import { mapper } from "../mapper/index.ts";
import type { CaptionerConfig } from "./captioner.ts";

/** Sentences padded to one length: what an explanation asks about. */
export interface PaddedSentences {
  /** [B, C] float32. */
  readonly visual: Tensor;
  /** [B, T - 1] int64: every token that another one follows; padding at the end is free. */
  readonly tokens: Tensor;
  /** [B·(P + T - 1 - from)] int64: what each position from `from` on must predict. */
  readonly targets: Tensor;
}

/**
 * -log p of each target, each for itself; training joins them in `captionLoss`.
 * @param from the first position that predicts: P - 1, the prefix's last, for the sentence's own T tokens
 * @returns [B, P + T - 1 - from]
 */
export function sentenceLosses(
  p: Params,
  config: CaptionerConfig,
  { visual, tokens, targets }: PaddedSentences,
  from: number,
): Tensor {
  const prefix = mapper(p, config.mapper, visual); // [B, P, E]
  return p.in(decoderPrefix, (p) => {
    const caption = embedTokens(p, config.decoder, tokens); // [B, T - 1, E]
    const embeds = ops.concat([prefix, caption], 1); // [B, P + T - 1, E]
    const hidden = decode(p, config.decoder, embeds, from); // [B, P + T - 1 - from, E]
    const asked = ops.reshape(hidden, [-1, config.decoder.width]);
    const { losses } = ops.crossEntropy(outputLogits(p, config.decoder, asked), targets);
    return ops.reshape(losses, hidden.shape.slice(0, 2));
  });
}
