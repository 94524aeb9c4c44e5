/** One row per op: the ONNX nodes that compute it (operator set 20 and ONNX Runtime's FusedMatMul). */
import { type DType, sizeOf } from "../../base/arrays.ts";
import type { Node } from "../graph.ts";
import type { OnnxRule } from "../op-set.ts";
import type { OpAttributes, OpName } from "../ops.ts";
import type { Emitter } from "./emitter.ts";
import type { AttributeValue } from "./messages.ts";

type Rules = { readonly [O in OpName]: OnnxRule<OpAttributes[O]> };

/** An op that ONNX has under another name, with the same operands. */
function same(opType: string, attributes: Readonly<Record<string, AttributeValue>> = {}): OnnxRule<object> {
  return (emitter, node) => emitter.node(opType, node, emitter.inputsOf(node), { attributes });
}

const onnxType: Record<DType, number> = { float32: 1, int64: 7, bool: 9 };

type Matmul = Node & { readonly attributes: OpAttributes["matmul"] };

/** aᵀ·b of two matrices with so many numbers in the result that turning a around is little beside the product. */
function isLargeWeightGradient({ inputs, outputs, attributes }: Matmul): boolean {
  const { transA, transB, alpha } = attributes;
  const areMatrices = inputs.every(({ shape }) => shape.length === 2);
  return areMatrices && transA && !transB && alpha === 1 && sizeOf(outputs[0]!.shape) >= 2 ** 20;
}

/**
 * aᵀ as an array of its own. Inside a product the engine turns a around piece by piece, for each block of columns of b
 * anew, which costs a fifth of the product. The axis of size one keeps its optimiser from putting both together again.
 */
function transposeFirst(emitter: Emitter, node: Node): void {
  const [a, b] = emitter.inputsOf(node);
  const [column, turned, transposed] = ["column", "turned", "transposed"].map((label) => emitter.inner(label));
  const last = emitter.integers([2]);
  emitter.node("Unsqueeze", node, [a!, last], { outputs: [column!] });
  emitter.node("Transpose", node, [column!], { outputs: [turned!], attributes: { perm: [1, 0, 2] } });
  emitter.node("Squeeze", node, [turned!, last], { outputs: [transposed!] });
  emitter.node("MatMul", node, [transposed!, b!]);
}

export const onnxRules: Rules = {
  constant: (emitter, { attributes: { value }, outputs: [output] }) => {
    emitter.initializers.set(emitter.nameOf(output!), value);
  },
  add: same("Add"),
  sub: same("Sub"),
  mul: same("Mul"),
  div: same("Div"),
  neg: same("Neg"),
  exp: same("Exp"),
  sqrt: same("Sqrt"),
  tanh: same("Tanh"),
  sigmoid: same("Sigmoid"),
  relu: same("Relu"),
  erf: same("Erf"),
  gelu: same("Gelu", { approximate: "tanh" }),
  geluErf: same("Gelu", { approximate: "none" }),
  cast: (emitter, node) => {
    emitter.node("Cast", node, emitter.inputsOf(node), { attributes: { to: onnxType[node.attributes.to] } });
  },
  greater: same("Greater"),
  equal: same("Equal"),
  where: same("Where"),
  matmul: (emitter, node) => {
    const { transA, transB, alpha } = node.attributes;
    if (!transA && !transB && alpha === 1) return emitter.node("MatMul", node, emitter.inputsOf(node));
    if (isLargeWeightGradient(node)) return transposeFirst(emitter, node);
    const attributes = { transA: Number(transA), transB: Number(transB), alpha: { float: alpha } };
    emitter.node("FusedMatMul", node, emitter.inputsOf(node), { attributes, contrib: true });
  },
  softmax: same("Softmax", { axis: -1 }),
  logSoftmax: same("LogSoftmax", { axis: -1 }),
  layerNorm: (emitter, node) => {
    const attributes = { axis: -1, epsilon: { float: node.attributes.epsilon } };
    emitter.node("LayerNormalization", node, emitter.inputsOf(node), { attributes });
  },
  crossEntropy: same("SoftmaxCrossEntropyLoss", { reduction: "none" }),
  reduceSum: (emitter, node) => {
    const inputs = [...emitter.inputsOf(node), emitter.integers(node.attributes.axes)];
    emitter.node("ReduceSum", node, inputs, {
      attributes: { keepdims: Number(node.attributes.keepDims), noop_with_empty_axes: 1 },
    });
  },
  reshape: (emitter, node) => {
    const [first, ...others] = node.attributes.shape;
    const old = node.inputs[0]!.shape;
    const isEmpty = first === undefined || [first, ...others].includes(0);
    // Axes that stay as they are (0) and the first one (-1: what is left) may have another size in each run.
    const stays = (size: number, i: number) => (i + 1 < old.length && old[i + 1] === size ? 0 : size);
    const shape = isEmpty ? node.attributes.shape : [-1, ...others.map(stays)];
    emitter.node("Reshape", node, [...emitter.inputsOf(node), emitter.integers(shape)], {
      attributes: { allowzero: Number(isEmpty) },
    });
  },
  transpose: (emitter, node) => {
    emitter.node("Transpose", node, emitter.inputsOf(node), { attributes: { perm: node.attributes.permutation } });
  },
  expand: (emitter, node) => {
    const old = node.inputs[0]!.shape;
    const { shape } = node.attributes;
    // 1 where the size stays, whatever it is in a run.
    const sizes = shape.map((size, axis) => (size === old[axis - shape.length + old.length] ? 1 : size));
    emitter.node("Expand", node, [...emitter.inputsOf(node), emitter.integers(sizes)]);
  },
  concat: (emitter, node) => {
    emitter.node("Concat", node, emitter.inputsOf(node), { attributes: { axis: node.attributes.axis } });
  },
  slice: (emitter, node) => {
    const { axis, start, end } = node.attributes;
    // An end that is the axis's own may be further away in another run.
    const last = end === node.inputs[0]!.shape[axis] ? Number.MAX_SAFE_INTEGER : end;
    const range = [[start], [last], [axis]].map((values) => emitter.integers(values));
    emitter.node("Slice", node, [...emitter.inputsOf(node), ...range]);
  },
  pad: (emitter, node) => {
    const { axis, before, after } = node.attributes;
    const amounts = emitter.integers([before, after]);
    emitter.node("Pad", node, [...emitter.inputsOf(node), amounts, "", emitter.integers([axis])]);
  },
  gather: same("Gather", { axis: 0 }),
  rearrange: (emitter, node) => {
    const [x, indices] = emitter.inputsOf(node);
    const rest = node.inputs[0]!.shape.slice(node.inputs[2]!.shape.length);
    const rows = emitter.inner("rows");
    emitter.node("Reshape", node, [x!, emitter.integers([-1, ...rest])], { outputs: [rows] });
    emitter.node("Gather", node, [rows, indices!], { attributes: { axis: 0 } });
  },
  scatterRows: (emitter, node) => {
    const [indices, updates] = emitter.inputsOf(node);
    const rank = node.inputs[0]!.shape.length;
    const zeros = emitter.inner("zeros");
    const places = emitter.inner("places");
    emitter.node("Expand", node, [emitter.scalar(0), emitter.integers(node.outputs[0]!.shape)], { outputs: [zeros] });
    emitter.node("Unsqueeze", node, [indices!, emitter.integers([rank])], { outputs: [places] });
    emitter.node("ScatterND", node, [zeros, places, updates!], { attributes: { reduction: "add" } });
  },
  scatterElements: (emitter, node) => {
    const attributes = { axis: node.attributes.axis, reduction: "add" };
    emitter.node("ScatterElements", node, emitter.inputsOf(node), { attributes });
  },
  topK: (emitter, node) => {
    const inputs = [...emitter.inputsOf(node), emitter.integers([node.attributes.k])];
    emitter.node("TopK", node, inputs, { attributes: { axis: -1, largest: 1, sorted: 1 } });
  },
  conv2d: (emitter, node) => {
    const { stride, padding } = node.attributes;
    const attributes = { strides: [stride, stride], pads: [padding, padding, padding, padding] };
    emitter.node("Conv", node, emitter.inputsOf(node), { attributes });
  },
  conv2dImageGradient: (emitter, node) => {
    const { stride, padding, size } = node.attributes;
    const [dy, kernel] = node.inputs;
    // Rows and columns at the far border that no step of the stride reaches: they get zeros.
    const rest = (axis: 0 | 1) =>
      size[axis]! - ((dy!.shape[2 + axis]! - 1) * stride - 2 * padding + kernel!.shape[2 + axis]!);
    emitter.node("ConvTranspose", node, emitter.inputsOf(node), {
      attributes: {
        strides: [stride, stride],
        pads: [padding, padding, padding, padding],
        output_padding: [rest(0), rest(1)],
      },
    });
  },
  conv2dKernelGradient: (emitter, node) => {
    // The batch takes the part of the channels, and the steps of the stride become the holes of a dilated kernel.
    const { stride, padding, size } = node.attributes;
    const [x, dy] = emitter.inputsOf(node);
    const [swappedX, swappedDy, whole, part] = ["x", "dy", "whole", "part"].map((label) => emitter.inner(label));
    const perm = [1, 0, 2, 3];
    emitter.node("Transpose", node, [x!], { outputs: [swappedX!], attributes: { perm } });
    emitter.node("Transpose", node, [dy!], { outputs: [swappedDy!], attributes: { perm } });
    emitter.node("Conv", node, [swappedX!, swappedDy!], {
      outputs: [whole!],
      attributes: { dilations: [stride, stride], pads: [padding, padding, padding, padding] },
    });
    const range = [[0, 0], [...size], [2, 3]].map((values) => emitter.integers(values));
    emitter.node("Slice", node, [whole!, ...range], { outputs: [part!] });
    emitter.node("Transpose", node, [part!], { attributes: { perm } });
  },
  averagePool: (emitter, node) => {
    const { size } = node.attributes;
    const attributes = { kernel_shape: [size, size], strides: [size, size] };
    emitter.node("AveragePool", node, emitter.inputsOf(node), { attributes });
  },
};
