import { ops, type Tensor } from "../graph/index.ts";

/**
 * Weighted next-token cross-entropy.
 * @param logits [N, V] float32
 * @param targets [N] int64
 * @param weights [N] float32: 1/count for a target that counts, 0 for padding
 * @returns scalar Σ weight · -log p(target)
 */
export function tokenCrossEntropy(logits: Tensor, targets: Tensor, weights: Tensor): Tensor {
  const column = (x: Tensor) => ops.reshape(x, [-1, 1]); // [N, 1]
  // A product and no sum, whose derivative would have to know N.
  const sum = ops.matmul(column(ops.crossEntropy(logits, targets).losses), column(weights), { transA: true });
  return ops.reshape(sum, []);
}

/** What belongs together in a batch of images and texts; all float32. */
export interface ContrastiveTargets {
  /** [B, M]: for each image, how its probability should be spread over the texts; a row of zeros counts nothing. */
  readonly textsOfImage: Tensor;
  /** [M, B]: for each text, the same over the images. */
  readonly imagesOfText: Tensor;
  /** [B, M], added to the similarities: large negative numbers where image and text are not compared. */
  readonly bias: Tensor;
}

/**
 * CLIP's symmetric cross-entropy between images and texts, with any number of right answers a row.
 * @param images [B, C] float32, rows of length 1
 * @param texts [M, C] float32, rows of length 1
 * @param logScale scalar: the logarithm of what similarities are multiplied by
 * @returns scalar, half of each direction
 */
export function contrastiveLoss(images: Tensor, texts: Tensor, logScale: Tensor, targets: ContrastiveTargets): Tensor {
  const similarities = ops.mul(ops.matmul(images, texts, { transB: true }), ops.exp(logScale));
  const scores = ops.add(similarities, targets.bias); // [B, M]
  const direction = (scores: Tensor, wanted: Tensor) =>
    ops.reduceSum(ops.mul(ops.logSoftmax(scores), ops.mul(wanted, -0.5)));
  return ops.add(
    direction(scores, targets.textsOfImage),
    direction(ops.transpose(scores, [1, 0]), targets.imagesOfText),
  );
}
