/** One row per op: the derivative as more graph, or the reason why there is none. */
import { sizeOf } from "../base/arrays.ts";
import type { Tensor } from "./graph.ts";
import { type GradientRule, type NoGradient, noGradient } from "./op-set.ts";
import type { OpAttributes, OpName } from "./ops.ts";
import * as ops from "./ops.ts";

const { add, sub, mul, div, neg, exp, tanh, erf, matmul, reduceSum, reshape, where, greater } = ops;

type Rules = { readonly [O in OpName]: GradientRule<OpAttributes[O]> | NoGradient };

/** A rule for one input and one output: (dy, x, y) → dx. */
function unary<A>(rule: (dy: Tensor, x: Tensor, y: Tensor, attributes: A) => Tensor): GradientRule<A> {
  return ({ inputs: [x], outputs: [y], attributes }, [dy]) => [rule(dy!, x!, y!, attributes)];
}

/** A rule for two inputs and one output: (dy, a, b) → [da, db]. */
function binary(rule: (dy: Tensor, a: Tensor, b: Tensor) => readonly [Tensor, Tensor]): GradientRule<object> {
  return ({ inputs: [a, b] }, [dy]) => rule(dy!, a!, b!);
}

function sumLast(x: Tensor): Tensor {
  return reduceSum(x, [-1], true);
}

function meanLast(x: Tensor): Tensor {
  return mul(sumLast(x), 1 / x.shape.at(-1)!);
}

/** All axes but the last as one. */
function asMatrix(x: Tensor): Tensor {
  return reshape(x, [-1, x.shape.at(-1)!]);
}

/** 1 - x. The engine subtracts from a scalar far slower than it adds one. */
function oneMinus(x: Tensor): Tensor {
  return add(neg(x), 1);
}

/** d gelu / dx for the tanh form. */
function geluDerivative(x: Tensor): Tensor {
  const slope = Math.sqrt(2 / Math.PI);
  const square = mul(x, x);
  const t = tanh(mul(x, add(mul(square, slope * 0.044715), slope)));
  const inner = mul(x, add(mul(square, 3 * slope * 0.044715), slope)); // x · d(argument of tanh)/dx
  return mul(add(add(mul(oneMinus(mul(t, t)), inner), t), 1), 0.5);
}

/** d gelu / dx for the exact form: Φ(x) + x·φ(x), the normal distribution and its density. */
function geluErfDerivative(x: Tensor): Tensor {
  const below = mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5);
  const density = mul(exp(mul(mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return add(below, mul(x, density));
}

export const gradientRules: Rules = {
  constant: noGradient("a constant depends on nothing"),
  add: binary((dy) => [dy, dy]),
  sub: binary((dy) => [dy, neg(dy)]),
  mul: binary((dy, a, b) => [mul(dy, b), mul(dy, a)]),
  div: binary((dy, a, b) => [div(dy, b), neg(div(mul(dy, a), mul(b, b)))]),
  neg: unary((dy) => neg(dy)),
  exp: unary((dy, _, y) => mul(dy, y)),
  sqrt: unary((dy, _, y) => div(mul(dy, 0.5), y)),
  tanh: unary((dy, _, y) => mul(dy, oneMinus(mul(y, y)))),
  sigmoid: unary((dy, _, y) => mul(dy, mul(y, oneMinus(y)))),
  // The engine chooses from a scalar far slower than it multiplies.
  relu: unary((dy, x) => mul(dy, ops.cast(greater(x, 0), "float32"))),
  erf: unary((dy, x) => mul(dy, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI)))),
  gelu: unary((dy, x) => mul(dy, geluDerivative(x))),
  geluErf: unary((dy, x) => mul(dy, geluErfDerivative(x))),
  cast: noGradient("a cast changes the dtype, and only float32 has gradients"),
  greater: noGradient("bool output"),
  equal: noGradient("bool output"),
  where: ({ inputs: [condition] }, [dy]) => [undefined, where(condition!, dy!, 0), where(condition!, 0, dy!)],
  matmul: ({ inputs: [a, b], attributes: { transA, transB, alpha } }, [dy]) => {
    // A plain matrix on the right (a weight): fold the leading axes, so that each gradient is one product, not many.
    const folds = b!.shape.length === 2 && !transA;
    const [left, dLeft] = folds ? [asMatrix(a!), asMatrix(dy!)] : [a!, dy!];
    const dFolded = transA
      ? matmul(b!, dLeft, { transA: transB, transB: true, alpha })
      : matmul(dLeft, b!, { transB: !transB, alpha });
    const da = folds ? reshape(dFolded, a!.shape) : dFolded;
    const db = transB
      ? matmul(dLeft, left, { transA: true, transB: transA, alpha })
      : matmul(left, dLeft, { transA: !transA, alpha });
    return [da, db];
  },
  softmax: unary((dy, _, y) => mul(y, sub(dy, sumLast(mul(dy, y))))),
  logSoftmax: unary((dy, _, y) => sub(dy, mul(exp(y), sumLast(dy)))),
  layerNorm: ({ inputs: [x, weight], outputs: [, mean, inverseDeviation] }, [dy, dMean, dDeviation]) => {
    if (dMean !== undefined || dDeviation !== undefined) {
      throw new Error("mean and inverse deviation of layerNorm serve its own derivative only");
    }
    const standardised = mul(sub(x!, mean!), inverseDeviation!);
    const dStandardised = mul(dy!, weight!);
    const centred = sub(dStandardised, meanLast(dStandardised));
    const dx = mul(sub(centred, mul(standardised, meanLast(mul(dStandardised, standardised)))), inverseDeviation!);
    return [dx, mul(dy!, standardised), dy];
  },
  crossEntropy: ({ inputs: [, targets], outputs: [, logProbabilities] }, [dLosses, dLogProbabilities]) => {
    if (dLogProbabilities !== undefined) {
      throw new Error("the log-probabilities of crossEntropy serve its own derivative only; use logSoftmax");
    }
    const perRow = reshape(dLosses!, [-1, 1]); // [N, 1]
    const weighted = mul(exp(logProbabilities!), perRow); // [N, V]
    return [ops.scatterElements(weighted, reshape(targets!, [-1, 1]), neg(perRow), 1), undefined];
  },
  reduceSum: unary((dy, x, _, { axes }: OpAttributes["reduceSum"]) => {
    const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    return ops.expand(reshape(dy, kept), x.shape);
  }),
  reshape: unary((dy, x) => reshape(dy, x.shape)),
  transpose: unary((dy, _x, _y, { permutation }: OpAttributes["transpose"]) =>
    ops.transpose(
      dy,
      permutation.map((_, axis) => permutation.indexOf(axis)),
    ),
  ),
  expand: unary((dy) => dy),
  concat: ({ inputs, attributes: { axis } }, [dy]) => {
    let start = 0;
    return inputs.map((input) => {
      const end = start + input.shape[axis]!;
      const part = ops.slice(dy!, axis, start, end);
      start = end;
      return part;
    });
  },
  slice: unary((dy, x, _, { axis, start, end }: OpAttributes["slice"]) =>
    ops.pad(dy, axis, start, x.shape[axis]! - end),
  ),
  pad: unary((dy, x, _, { axis, before }: OpAttributes["pad"]) => ops.slice(dy, axis, before, before + x.shape[axis]!)),
  gather: ({ inputs: [x, indices] }, [dy]) => {
    const flat = reshape(indices!, [-1]);
    const updates = reshape(dy!, [sizeOf(indices!.shape), ...x!.shape.slice(1)]);
    return [ops.scatterRows(flat, updates, x!.shape[0]!), undefined];
  },
  rearrange: ({ inputs: [, indices, inverse] }, [dy]) => [ops.rearrange(dy!, inverse!, indices!), undefined, undefined],
  scatterRows: ({ inputs: [indices] }, [dy]) => [undefined, ops.gather(dy!, indices!)],
  scatterElements: noGradient("only used inside the derivative of crossEntropy; second derivatives are not needed"),
  topK: noGradient("a choice of indices; search is not trained"),
  conv2d: ({ inputs: [x, kernel], attributes: { stride, padding } }, [dy]) => [
    ops.conv2dImageGradient(dy!, kernel!, { stride, padding, size: x!.shape.slice(2) }),
    ops.conv2dKernelGradient(x!, dy!, { stride, padding, size: kernel!.shape.slice(2) }),
    reduceSum(dy!, [0, 2, 3]),
  ],
  conv2dImageGradient: noGradient("a derivative itself; second derivatives are not needed"),
  conv2dKernelGradient: noGradient("a derivative itself; second derivatives are not needed"),
  averagePool: unary((dy, x, _, { size }: OpAttributes["averagePool"]) => {
    const [B, C, h, w] = dy.shape as [number, number, number, number];
    const spread = ops.expand(reshape(mul(dy, 1 / size ** 2), [B, C, h, 1, w, 1]), [B, C, h, size, w, size]);
    return reshape(spread, x.shape);
  }),
};
