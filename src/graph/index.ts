/**
 * Symbolic tensors and what can be done with a graph of them: build it from ops, differentiate it, print it, verify it,
 * and write it as ONNX. Each op is one row in each of three tables: shape-rules, gradient-rules, onnx/rules.
 *
 * Not here: layers and losses (nn), and running anything (runtime).
 */
export { coreOps } from "./core-ops.ts";
export { gradients, vectorJacobianProduct } from "./gradients.ts";
export { Graph, type Node, reachable, reachableInputs, type Tensor } from "./graph.ts";
export { type OnnxFiles, toOnnx, toOnnxFiles } from "./onnx/to-onnx.ts";
export { type AxisNames, extendOps, noGradient, type OpRow, type OpSet, type ValueType } from "./op-set.ts";
export * as ops from "./ops.ts";
export { formatGraph } from "./print.ts";
export { verifyGraph } from "./verify.ts";
