/** One row per op: dtypes and shapes of the outputs, or a ShapeError that names the node. */
import { type DType, formatShape, type Shape, sameShape, sizeOf } from "../base/arrays.ts";
import { ShapeError } from "../base/errors.ts";
import type { ShapeRule, ValueType } from "./op-set.ts";
import type { OpAttributes, OpName } from "./ops.ts";

type Rules = { readonly [O in OpName]: ShapeRule<OpAttributes[O]> };

function formatTypes(inputs: readonly ValueType[]): string {
  return inputs.map(({ dtype, shape }) => `${dtype}${formatShape(shape)}`).join(" and ");
}

function fail(where: string, expected: string, inputs: readonly ValueType[]): never {
  throw new ShapeError("The operands do not fit the op.", { where, expected, found: formatTypes(inputs) });
}

/** NumPy's rule: axes are aligned at the end and are equal or 1. @throws ShapeError naming `where` */
export function broadcast(where: string, a: ValueType, b: ValueType): Shape {
  const rank = Math.max(a.shape.length, b.shape.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a.shape[i - rank + a.shape.length] ?? 1;
    const y = b.shape[i - rank + b.shape.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) fail(where, "shapes that broadcast", [a, b]);
    return x === 1 ? y : x;
  });
}

function input(inputs: readonly ValueType[], i: number, where: string): ValueType {
  return inputs[i] ?? fail(where, `an operand ${i + 1}`, inputs);
}

const elementwise: ShapeRule<object> = ({ where, inputs }) => {
  const x = input(inputs, 0, where);
  if (x.dtype !== "float32") fail(where, "float32", inputs);
  return [{ dtype: x.dtype, shape: x.shape }];
};

function broadcasting(result?: DType): ShapeRule<object> {
  return ({ where, inputs }) => {
    const [a, b] = [input(inputs, 0, where), input(inputs, 1, where)];
    if (a.dtype !== b.dtype || a.dtype === "bool") fail(where, "two numbers of one dtype", inputs);
    return [{ dtype: result ?? a.dtype, shape: broadcast(where, a, b) }];
  };
}

/** [rows, columns] of the last two axes, swapped when transposed. */
function matrix({ shape }: ValueType, transposed: boolean): readonly [number, number] {
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
  return transposed ? [columns, rows] : [rows, columns];
}

export const shapeRules: Rules = {
  constant: ({ attributes: { value } }) => [{ dtype: value.dtype, shape: value.shape }],
  add: broadcasting(),
  sub: broadcasting(),
  mul: broadcasting(),
  div: broadcasting(),
  neg: elementwise,
  exp: elementwise,
  sqrt: elementwise,
  tanh: elementwise,
  sigmoid: elementwise,
  relu: elementwise,
  erf: elementwise,
  gelu: elementwise,
  geluErf: elementwise,
  cast: ({ where, inputs, attributes: { to } }) => [{ dtype: to, shape: input(inputs, 0, where).shape }],
  greater: broadcasting("bool"),
  equal: broadcasting("bool"),
  where: ({ where, inputs }) => {
    const [condition, a, b] = [input(inputs, 0, where), input(inputs, 1, where), input(inputs, 2, where)];
    if (condition.dtype !== "bool" || a.dtype !== b.dtype) fail(where, "a bool and two operands of one dtype", inputs);
    const shape = broadcast(where, a, b);
    return [{ dtype: a.dtype, shape: broadcast(where, condition, { dtype: a.dtype, shape }) }];
  },
  matmul: ({ where, inputs, attributes: { transA, transB } }) => {
    const [a, b] = [input(inputs, 0, where), input(inputs, 1, where)];
    const rank = Math.min(a.shape.length, b.shape.length);
    if (a.dtype !== "float32" || b.dtype !== "float32" || rank < 2) fail(where, "two float32 matrices", inputs);
    const [m, k] = matrix(a, transA);
    const [k2, n] = matrix(b, transB);
    if (k !== k2) {
      fail(
        where,
        `inner axes of one size${transA ? ", first transposed" : ""}${transB ? ", second transposed" : ""}`,
        inputs,
      );
    }
    const leading = broadcast(where, { ...a, shape: a.shape.slice(0, -2) }, { ...b, shape: b.shape.slice(0, -2) });
    return [{ dtype: "float32", shape: [...leading, m, n] }];
  },
  softmax: elementwise,
  logSoftmax: elementwise,
  layerNorm: ({ where, inputs }) => {
    const [x, weight, bias] = [input(inputs, 0, where), input(inputs, 1, where), input(inputs, 2, where)];
    const width = [x.shape.at(-1)!];
    if (!sameShape(weight.shape, width) || !sameShape(bias.shape, width)) {
      fail(where, "weight and bias as wide as the last axis", inputs);
    }
    const statistics: ValueType = { dtype: "float32", shape: [...x.shape.slice(0, -1), 1] };
    return [{ dtype: "float32", shape: x.shape }, statistics, statistics];
  },
  crossEntropy: ({ where, inputs }) => {
    const [logits, targets] = [input(inputs, 0, where), input(inputs, 1, where)];
    if (logits.shape.length !== 2 || targets.dtype !== "int64" || !sameShape(targets.shape, logits.shape.slice(0, 1))) {
      fail(where, "float32 logits [N,V] and int64 targets [N]", inputs);
    }
    return [
      { dtype: "float32", shape: targets.shape },
      { dtype: "float32", shape: logits.shape },
    ];
  },
  reduceSum: ({ where, inputs, attributes: { axes, keepDims } }) => {
    const x = input(inputs, 0, where);
    if (axes.some((axis) => !(axis >= 0 && axis < x.shape.length))) fail(where, `axes ${axes} in range`, inputs);
    const shape = x.shape.flatMap((size, axis) => (!axes.includes(axis) ? [size] : keepDims ? [1] : []));
    return [{ dtype: x.dtype, shape }];
  },
  reshape: ({ where, inputs, attributes: { shape } }) => {
    const x = input(inputs, 0, where);
    if (sizeOf(shape) !== sizeOf(x.shape)) fail(where, `${sizeOf(shape)} elements for ${formatShape(shape)}`, inputs);
    return [{ dtype: x.dtype, shape }];
  },
  transpose: ({ where, inputs, attributes: { permutation } }) => {
    const x = input(inputs, 0, where);
    const sorted = [...permutation].sort((a, b) => a - b);
    if (`${sorted}` !== `${x.shape.map((_, axis) => axis)}`) fail(where, `a permutation, not ${permutation}`, inputs);
    return [{ dtype: x.dtype, shape: permutation.map((axis) => x.shape[axis]!) }];
  },
  expand: ({ where, inputs, attributes: { shape } }) => {
    const x = input(inputs, 0, where);
    if (!sameShape(broadcast(where, x, { ...x, shape }), shape))
      fail(where, `broadcast to ${formatShape(shape)}`, inputs);
    return [{ dtype: x.dtype, shape }];
  },
  concat: ({ where, inputs, attributes: { axis } }) => {
    const first = input(inputs, 0, where);
    const others = (x: ValueType) => `${x.dtype} ${x.shape.filter((_, i) => i !== axis)}`;
    if (axis >= first.shape.length || inputs.some((x) => others(x) !== others(first))) {
      fail(where, `equal axes but axis ${axis}`, inputs);
    }
    const size = inputs.reduce((sum, x) => sum + x.shape[axis]!, 0);
    return [{ dtype: first.dtype, shape: first.shape.map((old, i) => (i === axis ? size : old)) }];
  },
  slice: ({ where, inputs, attributes: { axis, start, end } }) => {
    const x = input(inputs, 0, where);
    if (!(start >= 0 && start < end && end <= (x.shape[axis] ?? 0)))
      fail(where, `${start}..${end} in axis ${axis}`, inputs);
    return [{ dtype: x.dtype, shape: x.shape.map((size, i) => (i === axis ? end - start : size)) }];
  },
  pad: ({ where, inputs, attributes: { axis, before, after } }) => {
    const x = input(inputs, 0, where);
    if (axis >= x.shape.length || before < 0 || after < 0) fail(where, `padding of axis ${axis}`, inputs);
    return [{ dtype: x.dtype, shape: x.shape.map((size, i) => (i === axis ? before + size + after : size)) }];
  },
  gather: ({ where, inputs }) => {
    const [x, indices] = [input(inputs, 0, where), input(inputs, 1, where)];
    if (x.shape.length === 0 || indices.dtype !== "int64") fail(where, "rows and int64 indices", inputs);
    return [{ dtype: x.dtype, shape: [...indices.shape, ...x.shape.slice(1)] }];
  },
  rearrange: ({ where, inputs }) => {
    const [x, indices, inverse] = [input(inputs, 0, where), input(inputs, 1, where), input(inputs, 2, where)];
    const isInteger = indices.dtype === "int64" && inverse.dtype === "int64";
    const rank = inverse.shape.length;
    if (!isInteger || !sameShape(inverse.shape, x.shape.slice(0, rank))) {
      fail(where, "rows, int64 indices and an int64 index for each row", inputs);
    }
    return [{ dtype: x.dtype, shape: [...indices.shape, ...x.shape.slice(rank)] }];
  },
  scatterRows: ({ where, inputs, attributes: { rows } }) => {
    const [indices, updates] = [input(inputs, 0, where), input(inputs, 1, where)];
    const rank = indices.shape.length;
    if (indices.dtype !== "int64" || !sameShape(updates.shape.slice(0, rank), indices.shape)) {
      fail(where, "int64 indices and one update for each", inputs);
    }
    return [{ dtype: updates.dtype, shape: [rows, ...updates.shape.slice(rank)] }];
  },
  scatterElements: ({ where, inputs }) => {
    const [x, indices, updates] = [input(inputs, 0, where), input(inputs, 1, where), input(inputs, 2, where)];
    if (indices.dtype !== "int64" || updates.dtype !== x.dtype || !sameShape(indices.shape, updates.shape)) {
      fail(where, "int64 indices and updates of one shape", inputs);
    }
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  topK: ({ where, inputs, attributes: { k } }) => {
    const x = input(inputs, 0, where);
    if (!(k >= 1 && k <= (x.shape.at(-1) ?? 0))) fail(where, `at least ${k} elements in the last axis`, inputs);
    const shape = [...x.shape.slice(0, -1), k];
    return [
      { dtype: x.dtype, shape },
      { dtype: "int64", shape },
    ];
  },
  conv2d: ({ where, inputs, attributes: { stride, padding } }) => {
    const [x, kernel, bias] = [input(inputs, 0, where), input(inputs, 1, where), input(inputs, 2, where)];
    const [B, I, H, W] = x.shape as [number, number, number, number];
    const [O, I2, kH, kW] = kernel.shape as [number, number, number, number];
    if (x.shape.length !== 4 || kernel.shape.length !== 4 || I !== I2 || !sameShape(bias.shape, [O])) {
      fail(where, "images [B,I,H,W], a kernel [O,I,k,k] and a bias [O]", inputs);
    }
    const places = (size: number, k: number) => Math.floor((size + 2 * padding - k) / stride) + 1;
    const [h, w] = [places(H, kH), places(W, kW)];
    if (!(h >= 1 && w >= 1)) fail(where, `images of at least ${kH}×${kW} with their padding`, inputs);
    return [{ dtype: "float32", shape: [B, O, h, w] }];
  },
  conv2dImageGradient: ({ where, inputs, attributes: { size } }) => {
    const [dy, kernel] = [input(inputs, 0, where), input(inputs, 1, where)];
    if (dy.shape.length !== 4 || kernel.shape.length !== 4 || dy.shape[1] !== kernel.shape[0]) {
      fail(where, "a gradient [B,O,h,w] and a kernel [O,I,k,k]", inputs);
    }
    return [{ dtype: "float32", shape: [dy.shape[0]!, kernel.shape[1]!, ...size] }];
  },
  conv2dKernelGradient: ({ where, inputs, attributes: { size } }) => {
    const [x, dy] = [input(inputs, 0, where), input(inputs, 1, where)];
    if (x.shape.length !== 4 || dy.shape.length !== 4 || x.shape[0] !== dy.shape[0]) {
      fail(where, "images [B,I,H,W] and a gradient [B,O,h,w]", inputs);
    }
    return [{ dtype: "float32", shape: [dy.shape[1]!, x.shape[1]!, ...size] }];
  },
  averagePool: ({ where, inputs, attributes: { size } }) => {
    const x = input(inputs, 0, where);
    const [B, C, H, W] = x.shape as [number, number, number, number];
    if (x.shape.length !== 4 || H % size !== 0 || W % size !== 0) {
      fail(where, `images [B,C,H,W] whose sides are multiples of ${size}`, inputs);
    }
    return [{ dtype: "float32", shape: [B, C, H / size, W / size] }];
  },
};
