/**
 * Layers, losses and the optimiser as functions over symbolic tensors: what several models share.
 *
 * Not here: any particular model (models), the training loop (train).
 */

export {
  type AdamWConfig,
  type AdamWScalars,
  type AdamWVariant,
  adamwFeeds,
  adamwScalars,
  adamwUpdate,
} from "./adamw.ts";
export { attend, attentionScores, attentionWeights, causalBias, mergeHeads, splitHeads } from "./attention.ts";
export { type Coordinates, type Dropout, dropoutFeeds, maskedDropout, noDropout } from "./dropout.ts";
export { conv1d, linear } from "./linear.ts";
export { contrastiveLoss, tokenCrossEntropy } from "./losses.ts";
export { norm, unitLength } from "./norm.ts";
export { Params } from "./params.ts";
