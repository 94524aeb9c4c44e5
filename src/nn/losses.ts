import { ops, type Tensor } from "../graph/index.ts";

/**
 * Weighted next-token cross-entropy.
 * @param logits [N, V] float32
 * @param targets [N] int64
 * @param weights [N] float32: 1/count for a target that counts, 0 for padding
 * @returns scalar Σ weight · -log p(target)
 */
export function tokenCrossEntropy(logits: Tensor, targets: Tensor, weights: Tensor): Tensor {
  return ops.reduceSum(ops.mul(ops.crossEntropy(logits, targets).losses, weights));
}
