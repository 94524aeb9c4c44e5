import { ops, type Tensor } from "../graph/index.ts";
import type { Params } from "./params.ts";

/** Layer normalisation over the last axis with learned `weight` and `bias` [E]. */
export function norm(p: Params, x: Tensor, epsilon: number): Tensor {
  const width = [x.shape.at(-1)!];
  return ops.layerNorm(x, p.get("weight", width), p.get("bias", width), epsilon).normalised;
}

/** Rows scaled to length 1: x / √(Σ x²) over the last axis. */
export function unitLength(x: Tensor): Tensor {
  return ops.div(x, ops.sqrt(ops.reduceSum(ops.mul(x, x), [-1], true)));
}
