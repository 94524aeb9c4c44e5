import { ops, type Tensor } from "../graph/index.ts";
import type { Params } from "./params.ts";

/**
 * x·Wᵀ + b with PyTorch's layout: `weight` [out, in], `bias` [out].
 * @param x [..., in]
 * @returns [..., width]
 */
export function linear(p: Params, x: Tensor, width: number, { bias = true } = {}): Tensor {
  const product = ops.matmul(x, p.get("weight", [width, x.shape.at(-1)!]), { transB: true });
  return bias ? ops.add(product, p.get("bias", [width])) : product;
}

/**
 * x·W + b with GPT-2's Conv1D layout: `weight` [in, out], `bias` [out].
 * @param x [..., in]
 * @param columns compute only these output columns
 * @returns [..., width], or [..., end - start]
 */
export function conv1d(
  p: Params,
  x: Tensor,
  width: number,
  columns: { readonly start: number; readonly end: number } = { start: 0, end: width },
): Tensor {
  const weight = ops.slice(p.get("weight", [x.shape.at(-1)!, width]), 1, columns.start, columns.end);
  return ops.add(ops.matmul(x, weight), ops.slice(p.get("bias", [width]), 0, columns.start, columns.end));
}
