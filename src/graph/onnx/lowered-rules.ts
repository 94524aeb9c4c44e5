/**
 * The same ops in plain ONNX, for engines that lack ONNX Runtime's fused ones: its WebGPU provider has neither
 * FusedMatMul nor LogSoftmax, and would carry their operands to the CPU and back at every node.
 */
import type { Node } from "../graph.ts";
import type { OnnxRule } from "../op-set.ts";
import type { OpAttributes, OpName } from "../ops.ts";
import type { Emitter } from "./emitter.ts";

type LoweredRules = { readonly [O in OpName]?: OnnxRule<OpAttributes[O]> };

/** The name of an operand with its last two axes swapped, if it shall be. */
function swapped(emitter: Emitter, node: Node, operand: 0 | 1, isSwapped: boolean): string {
  const tensor = node.inputs[operand]!;
  if (!isSwapped) return emitter.nameOf(tensor);
  const name = emitter.inner(operand === 0 ? "aT" : "bT");
  const axes = tensor.shape.map((_, axis) => axis);
  const perm = [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!];
  emitter.node("Transpose", node, [emitter.nameOf(tensor)], { outputs: [name], attributes: { perm } });
  return name;
}

/** x - max - log Σ exp(x - max) over the last axis. */
function logSoftmax(emitter: Emitter, node: Node, x: string, output: string): void {
  const part = (label: string) => emitter.inner(label);
  const last = emitter.integers([-1]);
  const keepdims = { keepdims: 1 };
  emitter.node("ReduceMax", node, [x, last], { outputs: [part("max")], attributes: keepdims });
  emitter.node("Sub", node, [x, part("max")], { outputs: [part("shifted")] });
  emitter.node("Exp", node, [part("shifted")], { outputs: [part("exp")] });
  emitter.node("ReduceSum", node, [part("exp"), last], { outputs: [part("sum")], attributes: keepdims });
  emitter.node("Log", node, [part("sum")], { outputs: [part("log")] });
  emitter.node("Sub", node, [part("shifted"), part("log")], { outputs: [output] });
}

export const loweredRules: LoweredRules = {
  matmul: (emitter, node) => {
    const { transA, transB, alpha } = node.attributes;
    const operands = node.inputs.map((input) => emitter.nameOf(input));
    if (node.inputs.every(({ shape }) => shape.length === 2)) {
      const attributes = { transA: Number(transA), transB: Number(transB), alpha: { float: alpha } };
      return emitter.node("Gemm", node, operands, { attributes });
    }
    const inputs = [swapped(emitter, node, 0, transA), swapped(emitter, node, 1, transB)];
    if (alpha === 1) return emitter.node("MatMul", node, inputs);
    const product = emitter.inner("product");
    emitter.node("MatMul", node, inputs, { outputs: [product] });
    emitter.node("Mul", node, [product, emitter.scalar(alpha)]);
  },
  logSoftmax: (emitter, node) => {
    const [x] = emitter.inputsOf(node);
    logSoftmax(emitter, node, x!, emitter.nameOf(node.outputs[0]!));
  },
  crossEntropy: (emitter, node) => {
    const [logits, targets] = emitter.inputsOf(node);
    const [losses, logProbabilities] = node.outputs.map((output) => emitter.nameOf(output));
    logSoftmax(emitter, node, logits!, logProbabilities!);
    const column = emitter.inner("column");
    const picked = emitter.inner("picked");
    const flat = emitter.inner("flat");
    const second = emitter.integers([1]);
    emitter.node("Unsqueeze", node, [targets!, second], { outputs: [column] });
    emitter.node("GatherElements", node, [logProbabilities!, column], { outputs: [picked], attributes: { axis: 1 } });
    emitter.node("Squeeze", node, [picked, second], { outputs: [flat] });
    emitter.node("Neg", node, [flat], { outputs: [losses!] });
  },
};
