import { describe, expect, it } from "vitest";
import { float32 } from "../base/arrays.ts";
import { formatGraph, Graph, gradients, ops, toOnnx, verifyGraph } from "./index.ts";

/** Two linear layers and a mean squared error, as a model function would write them. */
function perceptron() {
  const graph = new Graph("perceptron");
  const x = graph.input("x", "float32", [2, 3]);
  const hidden = graph.scope("fc1", () =>
    ops.relu(
      ops.add(ops.matmul(x, graph.parameter("fc1.weight", [4, 3]), { transB: true }), graph.parameter("fc1.bias", [4])),
    ),
  );
  const loss = graph.scope("loss", () => ops.mul(ops.reduceSum(ops.mul(hidden, hidden)), 0.5));
  return { graph, x, loss };
}

describe("a printed graph", () => {
  it("reads as a typed program, its derivative named after what it derives", () => {
    const { graph, loss } = perceptron();
    const [dWeight, dBias] = gradients(loss, [graph.inputs.get("fc1.weight")!, graph.inputs.get("fc1.bias")!]);
    expect(formatGraph({ loss, dWeight: dWeight!, dBias: dBias! })).toMatchInlineSnapshot(`
      "input x: f32[2,3]
      parameter fc1.weight: f32[4,3]
      parameter fc1.bias: f32[4]
      fc1/matmul: f32[2,4] = matmul(x, fc1.weight) {transB=true}
      fc1/add: f32[2,4] = add(fc1/matmul, fc1.bias)
      fc1/relu: f32[2,4] = relu(fc1/add)
      loss/mul: f32[2,4] = mul(fc1/relu, fc1/relu)
      loss/reduceSum: f32[] = reduceSum(loss/mul) {axes=[0,1]}
      constant: f32[] = constant() {0.5}
      loss/mul_1: f32[] = mul(loss/reduceSum, constant)
      constant_1: f32[] = constant() {1}
      grad/loss/mul_1/mul: f32[] = mul(constant_1, constant)
      grad/loss/reduceSum/reshape: f32[1,1] = reshape(grad/loss/mul_1/mul) {shape=[1,1]}
      grad/loss/reduceSum/expand: f32[2,4] = expand(grad/loss/reduceSum/reshape) {shape=[2,4]}
      grad/loss/mul/mul: f32[2,4] = mul(grad/loss/reduceSum/expand, fc1/relu)
      grad/loss/mul/mul_1: f32[2,4] = mul(grad/loss/reduceSum/expand, fc1/relu)
      grad/loss/mul/add: f32[2,4] = add(grad/loss/mul/mul, grad/loss/mul/mul_1)
      constant_2: f32[] = constant() {0}
      grad/fc1/relu/greater: bool[2,4] = greater(fc1/add, constant_2)
      grad/fc1/relu/cast: f32[2,4] = cast(grad/fc1/relu/greater) {to=float32}
      grad/fc1/relu/mul: f32[2,4] = mul(grad/loss/mul/add, grad/fc1/relu/cast)
      grad/fc1/add/reduceSum: f32[1,4] = reduceSum(grad/fc1/relu/mul) {axes=[0] keepDims=true}
      grad/fc1/add/reshape: f32[4] = reshape(grad/fc1/add/reduceSum) {shape=[4]}
      grad/fc1/matmul/matmul_1: f32[4,3] = matmul(grad/fc1/relu/mul, x) {transA=true}
      output loss = loss/mul_1
      output dWeight = grad/fc1/matmul/matmul_1
      output dBias = grad/fc1/add/reshape"
    `);
  });

  it("of attention has one line a node", () => {
    const graph = new Graph("attention");
    const x = graph.input("x", "float32", [1, 2, 4]);
    const scores = ops.matmul(x, x, { transB: true, alpha: 0.5 });
    expect(formatGraph({ context: ops.matmul(ops.softmax(scores), x) })).toMatchInlineSnapshot(`
      "input x: f32[1,2,4]
      matmul: f32[1,2,2] = matmul(x, x) {transB=true alpha=0.5}
      softmax: f32[1,2,2] = softmax(matmul)
      matmul_1: f32[1,2,4] = matmul(softmax, x)
      output context = matmul_1"
    `);
  });

  it("of a loss and its derivative keeps the class axis out of the targets", () => {
    const graph = new Graph("loss");
    const logits = graph.input("logits", "float32", [3, 5]);
    const { losses } = ops.crossEntropy(logits, graph.input("targets", "int64", [3]));
    const loss = ops.reduceSum(losses);
    expect(formatGraph({ loss, dLogits: gradients(loss, [logits])[0]! })).toMatchInlineSnapshot(`
      "input logits: f32[3,5]
      input targets: i64[3]
      crossEntropy:0: f32[3], crossEntropy:1: f32[3,5] = crossEntropy(logits, targets)
      reduceSum: f32[] = reduceSum(crossEntropy:0) {axes=[0]}
      constant: f32[] = constant() {1}
      grad/reduceSum/reshape: f32[1] = reshape(constant) {shape=[1]}
      grad/reduceSum/expand: f32[3] = expand(grad/reduceSum/reshape) {shape=[3]}
      grad/crossEntropy/reshape: f32[3,1] = reshape(grad/reduceSum/expand) {shape=[3,1]}
      grad/crossEntropy/exp: f32[3,5] = exp(crossEntropy:1)
      grad/crossEntropy/mul: f32[3,5] = mul(grad/crossEntropy/exp, grad/crossEntropy/reshape)
      grad/crossEntropy/reshape_1: i64[3,1] = reshape(targets) {shape=[3,1]}
      grad/crossEntropy/neg: f32[3,1] = neg(grad/crossEntropy/reshape)
      grad/crossEntropy/scatterElements: f32[3,5] = scatterElements(grad/crossEntropy/mul, grad/crossEntropy/reshape_1, grad/crossEntropy/neg) {axis=1}
      output loss = reduceSum
      output dLogits = grad/crossEntropy/scatterElements"
    `);
  });

  it("leaves out what the outputs do not need", () => {
    const { graph, x, loss } = perceptron();
    ops.exp(x);
    expect(formatGraph({ loss })).not.toContain("exp");
    expect(graph.nodes.some(({ op }) => op === "exp")).toBe(true);
  });
});

describe("gradients", () => {
  it("add up where a tensor is used twice", () => {
    const graph = new Graph("twice");
    const x = graph.input("x", "float32", []);
    const [dx] = gradients(ops.mul(x, x), [x]);
    expect(formatGraph({ dx: dx! })).toContain("= add(grad/mul/mul, grad/mul/mul_1)");
  });

  it("refuse what is no scalar, and what the loss does not depend on", () => {
    const { graph, x, loss } = perceptron();
    expect(() => gradients(x, [x])).toThrow(/Only a scalar/);
    expect(() => gradients(loss, [graph.input("other", "float32", [1])])).toThrow(/does not depend/);
  });

  it("name the node of an op without derivative", () => {
    const graph = new Graph("top");
    const x = graph.input("x", "float32", [4]);
    const { values } = graph.scope("search", () => ops.topK(x, 2));
    expect(() => gradients(ops.reduceSum(values), [x])).toThrow(/search\/topK[\s\S]*a choice of indices/);
  });

  it("name the operand when a rule gives another shape", () => {
    const shape = ({ inputs: [x] }: { inputs: readonly { shape: readonly number[] }[] }) =>
      [{ dtype: "float32", shape: x!.shape }] as const;
    const broken = {
      shape,
      onnx: () => {},
      gradient: (_: unknown, [dy]: readonly unknown[]) => [ops.reshape(dy as never, [3, 2])],
    };
    const base = perceptron().graph.ops;
    const graph = new Graph("broken", { ...base, broken: broken as never });
    const x = graph.input("x", "float32", [2, 3]);
    expect(() => gradients(ops.reduceSum(graph.apply("broken", [x])[0]!), [x])).toThrow(
      /broken, operand 1[\s\S]*\[2,3\][\s\S]*\[3,2\]/,
    );
  });
});

describe("names", () => {
  it("are unique, and a parameter asked for twice is one", () => {
    const graph = new Graph("names");
    const w = graph.parameter("w", [2]);
    expect(graph.parameter("w", [2])).toBe(w);
    expect(ops.neg(w).name).toBe("neg");
    expect(ops.neg(w).name).toBe("neg_1");
    expect(() => graph.parameter("w", [3])).toThrow(/declared twice/);
    expect(() => graph.input("w", "float32", [2])).toThrow(/declared twice/);
  });

  it("of scalars are made once, outside of scopes", () => {
    const graph = new Graph("scalars");
    const x = graph.input("x", "float32", [2]);
    graph.scope("a", () => ops.add(x, 1));
    graph.scope("b", () => ops.add(x, 1));
    expect(graph.nodes.filter(({ op }) => op === "constant").map(({ name }) => name)).toEqual(["constant"]);
  });
});

describe("malformed graphs", () => {
  it.each([
    [
      "shapes that do not broadcast",
      (g: Graph) => ops.add(g.input("a", "float32", [2]), g.input("b", "float32", [3])),
      /\[2\] and float32\[3\]/,
    ],
    [
      "inner axes",
      (g: Graph) => ops.matmul(g.input("a", "float32", [2, 3]), g.input("b", "float32", [2, 3])),
      /inner axes/,
    ],
    ["mixed dtypes", (g: Graph) => ops.add(g.input("a", "float32", [2]), g.input("b", "int64", [2])), /one dtype/],
    ["reshape to another size", (g: Graph) => ops.reshape(g.input("a", "float32", [6]), [4]), /4 elements/],
    ["slice outside", (g: Graph) => ops.slice(g.input("a", "float32", [6]), 0, 2, 9), /2\.\.9/],
    ["k beyond the axis", (g: Graph) => ops.topK(g.input("a", "float32", [3]), 4), /at least 4/],
    ["an unknown op", (g: Graph) => g.apply("frobnicate", []), /in no table/],
  ])("%s are refused where they are built", (_, build, message) => {
    const graph = new Graph("bad");
    expect(() => graph.scope("here", () => build(graph))).toThrow(message);
    expect(() => graph.scope("there", () => build(new Graph("other")))).toThrow(/where: (there\/)?\w+/);
  });

  it("tensors of two graphs do not mix", () => {
    const [a, b] = ["a", "b"].map((name) => new Graph(name).input("x", "float32", [1]));
    expect(() => ops.add(a!, b!)).toThrow(/another graph/);
    expect(() => verifyGraph({ a: a!, b: b! })).toThrow(/different graphs/);
  });

  it("a stored type that its rule does not give is found", () => {
    const { loss } = perceptron();
    const node = loss.origin as unknown as { outputs: { shape: readonly number[] }[] };
    node.outputs[0] = { ...node.outputs[0]!, shape: [7] };
    expect(() => verifyGraph({ loss })).toThrow(/differs from the shape rule/);
  });

  it("outputs do not take the name of another value", () => {
    const { x, loss } = perceptron();
    expect(() => toOnnx({ x: loss })).toThrow(/name of an input/);
    expect(() => toOnnx({ "fc1/matmul": loss })).toThrow(/name of another value/);
    expect(() =>
      toOnnx({ copy: x, again: x, twice: loss, thrice: loss, one: x.graph.constant(float32([], [1])) }),
    ).not.toThrow();
  });
});
