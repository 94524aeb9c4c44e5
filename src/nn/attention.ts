/** Multi-head attention in parts, so that training, prefill and cached steps share them. */
import { float32 } from "../base/arrays.ts";
import { ShapeError } from "../base/errors.ts";
import { type Graph, ops, type Tensor } from "../graph/index.ts";
import { type Dropout, noDropout } from "./dropout.ts";

/** [B, S, E] → [B, H, S, D]. @throws ShapeError when the heads do not divide the width */
export function splitHeads(x: Tensor, heads: number): Tensor {
  const [B, S, E] = x.shape as [number, number, number];
  if (E % heads !== 0) {
    throw new ShapeError("The heads do not divide the width.", {
      where: x.name,
      expected: `a width divisible by ${heads} heads`,
      found: `width ${E}`,
      remedy: "Change the number of heads or the width in the model's configuration.",
    });
  }
  return ops.transpose(ops.reshape(x, [B, S, heads, E / heads]), [0, 2, 1, 3]); // [B, H, S, D]
}

/** [B, H, S, D] → [B, S, E]. */
export function mergeHeads(x: Tensor): Tensor {
  const [B, H, S, D] = x.shape as [number, number, number, number];
  return ops.reshape(ops.transpose(x, [0, 2, 1, 3]), [B, S, H * D]); // [B, S, E]
}

/** Scores before the softmax: q·kᵀ / √D, [B, H, Sq, Sk]. */
export function attentionScores(q: Tensor, k: Tensor): Tensor {
  return ops.matmul(q, k, { transB: true, alpha: 1 / Math.sqrt(q.shape.at(-1)!) });
}

/**
 * softmax(q·kᵀ / √D)·v.
 * @param q [B, H, Sq, D]
 * @param k,v [B, H, Sk, D]
 * @param bias added to the scores, broadcast to [B, H, Sq, Sk]; large negative numbers forbid
 * @param dropout of the attention weights
 * @returns [B, H, Sq, D]
 */
export function attend(q: Tensor, k: Tensor, v: Tensor, bias?: Tensor, dropout: Dropout = noDropout): Tensor {
  const scores = attentionScores(q, k);
  const weights = ops.softmax(bias === undefined ? scores : ops.add(scores, bias));
  return ops.matmul(dropout(weights, "attention"), v);
}

/**
 * The attention weights of every layer below a scope, [B, H, Sq, Sk] each, in the order of the layers: what `attend`
 * put into the graph is read off it, so that no model function has to hand it out.
 * @param scope the name that the layers' nodes begin with, such as `vision_model`
 */
export function attentionWeights(graph: Graph, scope: string): Tensor[] {
  const below = graph.nodes.filter(({ op, name }) => op === "softmax" && name.startsWith(`${scope}/`));
  return below.map(({ outputs }) => outputs[0]!);
}

/** Added to attention scores [Sq, Sk]: the query at row i, position `from + i`, may not look at later keys. */
export function causalBias(graph: Graph, from: number, length: number): Tensor {
  const rows = length - from;
  const data = new Float32Array(rows * length);
  for (let i = 0; i < rows; i++) data.fill(Number.NEGATIVE_INFINITY, i * length + from + i + 1, (i + 1) * length);
  return graph.constant(float32([rows, length], data));
}
