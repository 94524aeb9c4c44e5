/**
 * The vocabulary of ops as functions over tensors. Shapes broadcast as in NumPy; plain numbers become scalars.
 *
 * `OpAttributes` is the one list of op names: every table is typed by it.
 */
import { type DType, float32, type HostArray, int64, type Shape } from "../base/arrays.ts";
import { GraphError } from "../base/errors.ts";
import type { Tensor } from "./graph.ts";

type None = Readonly<Record<never, never>>;

export interface OpAttributes {
  constant: { readonly value: HostArray };
  add: None;
  sub: None;
  mul: None;
  div: None;
  neg: None;
  exp: None;
  sqrt: None;
  tanh: None;
  sigmoid: None;
  relu: None;
  erf: None;
  gelu: None;
  geluErf: None;
  cast: { readonly to: DType };
  greater: None;
  equal: None;
  where: None;
  matmul: { readonly transA: boolean; readonly transB: boolean; readonly alpha: number };
  softmax: None;
  logSoftmax: None;
  layerNorm: { readonly epsilon: number };
  crossEntropy: None;
  reduceSum: { readonly axes: readonly number[]; readonly keepDims: boolean };
  reshape: { readonly shape: Shape };
  transpose: { readonly permutation: readonly number[] };
  expand: { readonly shape: Shape };
  concat: { readonly axis: number };
  slice: { readonly axis: number; readonly start: number; readonly end: number };
  pad: { readonly axis: number; readonly before: number; readonly after: number };
  gather: None;
  rearrange: None;
  scatterRows: { readonly rows: number };
  scatterElements: { readonly axis: number };
  topK: { readonly k: number };
  conv2d: { readonly stride: number; readonly padding: number };
  /** `size`: height and width of the image that was convolved. */
  conv2dImageGradient: { readonly stride: number; readonly padding: number; readonly size: readonly number[] };
  /** `size`: height and width of the kernel. */
  conv2dKernelGradient: { readonly stride: number; readonly padding: number; readonly size: readonly number[] };
  averagePool: { readonly size: number };
}

export type OpName = keyof OpAttributes;

/** A tensor, or a number that stands for a scalar of its partner's dtype. */
export type Operand = Tensor | number;

function one(outputs: readonly Tensor[]): Tensor {
  return outputs[0] as Tensor;
}

function unary(op: OpName, x: Tensor): Tensor {
  return one(x.graph.apply(op, [x]));
}

function lift(operand: Operand, partner: Tensor): Tensor {
  if (typeof operand !== "number") return operand;
  return partner.graph.constant(partner.dtype === "int64" ? int64([], [operand]) : float32([], [operand]));
}

function binary(op: OpName, a: Operand, b: Operand): Tensor {
  const partner = typeof a === "number" ? b : a;
  if (typeof partner === "number") {
    throw new GraphError("An op needs a tensor.", { where: op, expected: "at least one tensor", found: "two numbers" });
  }
  return one(partner.graph.apply(op, [lift(a, partner), lift(b, partner)]));
}

export const add = (a: Operand, b: Operand): Tensor => binary("add", a, b);
export const sub = (a: Operand, b: Operand): Tensor => binary("sub", a, b);
export const mul = (a: Operand, b: Operand): Tensor => binary("mul", a, b);
export const div = (a: Operand, b: Operand): Tensor => binary("div", a, b);
/** Where a > b; bool. */
export const greater = (a: Operand, b: Operand): Tensor => binary("greater", a, b);
/** Where a = b; bool. */
export const equal = (a: Operand, b: Operand): Tensor => binary("equal", a, b);

export const neg = (x: Tensor): Tensor => unary("neg", x);
export const exp = (x: Tensor): Tensor => unary("exp", x);
export const sqrt = (x: Tensor): Tensor => unary("sqrt", x);
export const tanh = (x: Tensor): Tensor => unary("tanh", x);
/** 1 / (1 + exp(-x)). */
export const sigmoid = (x: Tensor): Tensor => unary("sigmoid", x);
export const relu = (x: Tensor): Tensor => unary("relu", x);
/** The error function, 2/√π · ∫₀ˣ exp(-t²) dt. */
export const erf = (x: Tensor): Tensor => unary("erf", x);
/** GELU in its tanh form, GPT-2's `gelu_new`: x/2 · (1 + tanh(√(2/π)·(x + 0.044715·x³))). */
export const gelu = (x: Tensor): Tensor => unary("gelu", x);
/** GELU as it is defined, BERT's `gelu`: x/2 · (1 + erf(x/√2)). */
export const geluErf = (x: Tensor): Tensor => unary("geluErf", x);
/** Softmax over the last axis. */
export const softmax = (x: Tensor): Tensor => unary("softmax", x);
/** Logarithm of the softmax over the last axis. */
export const logSoftmax = (x: Tensor): Tensor => unary("logSoftmax", x);

export function cast(x: Tensor, to: DType): Tensor {
  return x.dtype === to ? x : one(x.graph.apply("cast", [x], { to }));
}

/** `a` where the condition holds, else `b`. */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  const partner = typeof a === "number" ? b : a;
  const typed = typeof partner === "number" ? condition.graph.constant(float32([], [0])) : partner;
  return one(condition.graph.apply("where", [condition, lift(a, typed), lift(b, typed)]));
}

/** alpha · op(a)·op(b) over the last two axes, leading axes broadcast; `transA`, `transB` swap the last two axes first. */
export function matmul(
  a: Tensor,
  b: Tensor,
  { transA = false, transB = false, alpha = 1 }: Partial<OpAttributes["matmul"]> = {},
): Tensor {
  return one(a.graph.apply("matmul", [a, b], { transA, transB, alpha }));
}

/**
 * Layer normalisation over the last axis.
 * @returns `normalised` [..., E], and what its derivative needs: `mean` and `inverseDeviation` [..., 1]
 */
export function layerNorm(
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  epsilon: number,
): { normalised: Tensor; mean: Tensor; inverseDeviation: Tensor } {
  const [normalised, mean, inverseDeviation] = x.graph.apply("layerNorm", [x, weight, bias], { epsilon });
  return { normalised: normalised!, mean: mean!, inverseDeviation: inverseDeviation! };
}

/**
 * Negative log-likelihood of one class per row.
 * @param logits [N, V] float32
 * @param targets [N] int64
 * @returns `losses` [N], and `logProbabilities` [N, V] for its derivative
 */
export function crossEntropy(logits: Tensor, targets: Tensor): { losses: Tensor; logProbabilities: Tensor } {
  const [losses, logProbabilities] = logits.graph.apply("crossEntropy", [logits, targets]);
  return { losses: losses!, logProbabilities: logProbabilities! };
}

/** Sum over axes; all of them when none are named. */
export function reduceSum(x: Tensor, axes?: readonly number[], keepDims = false): Tensor {
  const all = axes ?? x.shape.map((_, axis) => axis);
  return one(x.graph.apply("reduceSum", [x], { axes: all.map((axis) => fromEnd(x, axis)), keepDims }));
}

/** The same elements in another shape; one axis may be -1. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const known = shape.reduce((product, axis) => (axis === -1 ? product : product * axis), 1);
  const size = x.shape.reduce((product, axis) => product * axis, 1);
  const full = shape.map((axis) => (axis === -1 ? size / known : axis));
  if (`${full}` === `${x.shape}`) return x;
  return one(x.graph.apply("reshape", [x], { shape: full }));
}

/** Axis i of the result is axis `permutation[i]` of x. */
export function transpose(x: Tensor, permutation: readonly number[]): Tensor {
  return one(x.graph.apply("transpose", [x], { permutation }));
}

/** Broadcast to a larger shape. */
export function expand(x: Tensor, shape: Shape): Tensor {
  return `${shape}` === `${x.shape}` ? x : one(x.graph.apply("expand", [x], { shape }));
}

export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const first = tensors[0] as Tensor;
  return tensors.length === 1 ? first : one(first.graph.apply("concat", tensors, { axis: fromEnd(first, axis) }));
}

/** Elements `start` ≤ i < `end` of one axis. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const at = fromEnd(x, axis);
  return start === 0 && end === x.shape[at] ? x : one(x.graph.apply("slice", [x], { axis: at, start, end }));
}

/** Zeros before and after the elements of one axis. */
export function pad(x: Tensor, axis: number, before: number, after: number): Tensor {
  return one(x.graph.apply("pad", [x], { axis: fromEnd(x, axis), before, after }));
}

/** Rows of x: `x[indices]` along axis 0. @param indices int64, any shape I @returns [...I, ...x.shape[1:]] */
export function gather(x: Tensor, indices: Tensor): Tensor {
  return one(x.graph.apply("gather", [x, indices]));
}

/**
 * Rows of x in another order: a `gather` whose derivative is one too, instead of a sum over places.
 *
 * It is right when at most one place of the result that matters reads each row of x. Rows may be left out, and read
 * again to fill places that nobody looks at.
 * @param x [...R, ...rest]: its rows are counted over R, row-major
 * @param indices int64, any shape I: the row of each place in the result
 * @param inverse int64 [...R]: for each row of x the place in the result, counted over I, that reads it; for one that is
 *   left out, a place whose gradient is 0
 * @returns [...I, ...rest]
 */
export function rearrange(x: Tensor, indices: Tensor, inverse: Tensor): Tensor {
  return one(x.graph.apply("rearrange", [x, indices, inverse]));
}

/** The transpose of `gather`: zeros of `rows` rows, to which each update is added at its index. */
export function scatterRows(indices: Tensor, updates: Tensor, rows: number): Tensor {
  return one(indices.graph.apply("scatterRows", [indices, updates], { rows }));
}

/** x with `updates` added at `indices` along one axis; indices and updates have the same shape. */
export function scatterElements(x: Tensor, indices: Tensor, updates: Tensor, axis: number): Tensor {
  return one(x.graph.apply("scatterElements", [x, indices, updates], { axis: fromEnd(x, axis) }));
}

/** The k largest along the last axis, largest first; equal values in order of their index. */
export function topK(x: Tensor, k: number): { values: Tensor; indices: Tensor } {
  const [values, indices] = x.graph.apply("topK", [x], { k });
  return { values: values!, indices: indices! };
}

/**
 * Convolution over the last two axes, as PyTorch's: a correlation with zeros around the image.
 * @param x [B, I, H, W]
 * @param kernel [O, I, k, k]
 * @param bias [O]
 * @returns [B, O, ⌊(H + 2·padding - k) / stride⌋ + 1, …]
 */
export function conv2d(
  x: Tensor,
  kernel: Tensor,
  bias: Tensor,
  { stride = 1, padding = 0 }: Partial<OpAttributes["conv2d"]> = {},
): Tensor {
  return one(x.graph.apply("conv2d", [x, kernel, bias], { stride, padding }));
}

/** The gradient of a convolution by its image: dy [B, O, h, w] and kernel [O, I, k, k] → [B, I, ...size]. */
export function conv2dImageGradient(dy: Tensor, kernel: Tensor, where: OpAttributes["conv2dImageGradient"]): Tensor {
  return one(dy.graph.apply("conv2dImageGradient", [dy, kernel], { ...where }));
}

/** The gradient of a convolution by its kernel: x [B, I, H, W] and dy [B, O, h, w] → [O, I, ...size]. */
export function conv2dKernelGradient(x: Tensor, dy: Tensor, where: OpAttributes["conv2dKernelGradient"]): Tensor {
  return one(dy.graph.apply("conv2dKernelGradient", [x, dy], { ...where }));
}

/** Means of `size` × `size` squares that lie side by side: [B, C, H, W] → [B, C, H / size, W / size]. */
export function averagePool(x: Tensor, size: number): Tensor {
  return one(x.graph.apply("averagePool", [x], { size }));
}

/** Axes counted from the end (-1 is the last) as axes from the front. */
function fromEnd(x: Tensor, axis: number): number {
  return axis < 0 ? axis + x.shape.length : axis;
}
