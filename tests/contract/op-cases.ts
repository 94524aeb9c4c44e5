/** A grid of calls for every op: small shapes with broadcasting, scalars, transposes, edges. */
import { type DType, float32, type HostArray, int64, type Shape, sizeOf } from "../../src/base/arrays.ts";
import { Random } from "../../src/base/random.ts";
import { Graph, ops, type Tensor } from "../../src/graph/index.ts";
import type { OpName } from "../../src/graph/ops.ts";

/** A shape of normal random numbers, or a shape with what its values must be. */
interface Special {
  readonly shape: Shape;
  readonly values: "any" | "positive" | "indices";
  readonly below?: number;
}
type Operand = Shape | Special;

export interface OpCase {
  readonly op: Exclude<OpName, "constant">;
  readonly operands: readonly Operand[];
  readonly build: (...operands: Tensor[]) => Tensor | readonly Tensor[];
}

const positive = (shape: Shape): Operand => ({ shape, values: "positive" });
const indices = (shape: Shape, below: number): Operand => ({ shape, values: "indices", below });

const broadcasts: readonly (readonly [Shape, Shape])[] = [
  [[3], [3]],
  [[2, 3], [3]],
  [[2, 3], []],
  [
    [2, 1, 3],
    [4, 1],
  ],
  [[1], [2, 2]],
];

type BinaryOp = "add" | "sub" | "mul" | "div" | "greater" | "equal";
function binaryCases(op: BinaryOp): OpCase[] {
  return broadcasts.map(([a, b]) => ({ op, operands: [a, op === "div" ? positive(b) : b], build: ops[op] }));
}

type UnaryOp = "neg" | "exp" | "tanh" | "sigmoid" | "relu" | "erf" | "gelu" | "geluErf" | "softmax" | "logSoftmax";
function unaryCases(op: UnaryOp): OpCase[] {
  return [[4], [2, 3], [2, 1, 5]].map((shape) => ({ op, operands: [shape], build: ops[op] }));
}

const matmuls: readonly (readonly [Shape, Shape, boolean, boolean])[] = [
  [[2, 3], [3, 4], false, false],
  [[2, 3], [4, 3], false, true],
  [[3, 2], [3, 4], true, false],
  [[3, 2], [4, 3], true, true],
  [[5, 2, 3], [3, 4], false, false],
  [[2, 2, 2, 3], [4, 3], false, true],
  [[2, 2, 3, 4], [2, 2, 5, 4], false, true],
  [[2, 3, 4], [1, 4, 2], false, false],
  [[3, 1, 2, 4], [2, 4, 3], false, false],
  [[2, 4, 3], [2, 4, 5], true, false],
  [[1, 4, 3], [2, 5, 4], true, true],
];

export const opCases: readonly OpCase[] = [
  ...(["add", "sub", "mul", "div", "greater", "equal"] as const).flatMap(binaryCases),
  ...(["neg", "exp", "tanh", "sigmoid", "relu", "gelu", "softmax", "logSoftmax"] as const).flatMap(unaryCases),
  { op: "sqrt", operands: [positive([2, 3])], build: ops.sqrt },
  { op: "cast", operands: [indices([4], 3)], build: (x) => ops.cast(x, "float32") },
  { op: "where", operands: [[2, 3], [3], []], build: (x, a, b) => ops.where(ops.greater(x, 0), a, b) },
  { op: "where", operands: [[3], [2, 1]], build: (x, a) => ops.where(ops.greater(x, 0), a, 2) },
  ...matmuls.map(
    ([a, b, transA, transB], i): OpCase => ({
      op: "matmul",
      operands: [a, b],
      build: (x, y) => ops.matmul(x, y, { transA, transB, alpha: i % 2 === 0 ? 1 : 0.5 }),
    }),
  ),
  { op: "layerNorm", operands: [[2, 3, 8], [8], [8]], build: (x, w, b) => ops.layerNorm(x, w, b, 1e-5).normalised },
  { op: "layerNorm", operands: [[4], [4], [4]], build: (x, w, b) => ops.layerNorm(x, w, b, 1e-3).normalised },
  { op: "crossEntropy", operands: [[3, 5], indices([3], 5)], build: (x, t) => ops.crossEntropy(x, t).losses },
  { op: "reduceSum", operands: [[2, 3, 4]], build: (x) => ops.reduceSum(x, [1]) },
  { op: "reduceSum", operands: [[2, 3, 4]], build: (x) => ops.reduceSum(x, [0, -1], true) },
  { op: "reduceSum", operands: [[2, 3]], build: (x) => ops.reduceSum(x) },
  { op: "reshape", operands: [[2, 6]], build: (x) => ops.reshape(x, [3, -1]) },
  { op: "transpose", operands: [[2, 3, 4]], build: (x) => ops.transpose(x, [2, 0, 1]) },
  { op: "expand", operands: [[3, 1]], build: (x) => ops.expand(x, [2, 3, 4]) },
  {
    op: "concat",
    operands: [
      [2, 3],
      [2, 1],
      [2, 2],
    ],
    build: (...x) => ops.concat(x, 1),
  },
  {
    op: "concat",
    operands: [
      [1, 2],
      [2, 2],
    ],
    build: (...x) => ops.concat(x, -2),
  },
  { op: "slice", operands: [[3, 5]], build: (x) => ops.slice(x, -1, 1, 4) },
  { op: "pad", operands: [[2, 3]], build: (x) => ops.pad(x, 0, 1, 2) },
  { op: "gather", operands: [[4, 3], indices([2, 3], 4)], build: ops.gather },
  {
    op: "rearrange",
    operands: [[4, 3]],
    build: (x) =>
      ops.rearrange(x, x.graph.constant(int64([2, 2], [2, 0, 3, 1])), x.graph.constant(int64([4], [1, 3, 0, 2]))),
  },
  {
    op: "rearrange",
    operands: [[3, 2, 2]],
    build: (x) =>
      ops.rearrange(
        x,
        x.graph.constant(int64([6], [5, 0, 2, 1, 3, 4])),
        x.graph.constant(int64([3, 2], [1, 3, 2, 4, 5, 0])),
      ),
  },
  { op: "scatterRows", operands: [indices([5], 3), [5, 2]], build: (i, u) => ops.scatterRows(i, u, 4) },
  {
    op: "scatterElements",
    operands: [[3, 4], indices([3, 1], 4), [3, 1]],
    build: (x, i, u) => ops.scatterElements(x, i, u, 1),
  },
  { op: "topK", operands: [[2, 7]], build: (x) => Object.values(ops.topK(x, 3)) },
  {
    op: "conv2d",
    operands: [[2, 3, 5, 6], [4, 3, 3, 3], [4]],
    build: (x, k, b) => ops.conv2d(x, k, b, { padding: 1 }),
  },
  {
    op: "conv2d",
    operands: [[1, 2, 7, 6], [3, 2, 3, 3], [3]],
    build: (x, k, b) => ops.conv2d(x, k, b, { stride: 2, padding: 1 }),
  },
  { op: "conv2d", operands: [[2, 3, 4, 4], [5, 3, 1, 1], [5]], build: (x, k, b) => ops.conv2d(x, k, b) },
  {
    op: "conv2dImageGradient",
    operands: [
      [2, 3, 3, 3],
      [3, 2, 3, 3],
    ],
    build: (dy, k) => ops.conv2dImageGradient(dy, k, { stride: 2, padding: 1, size: [6, 5] }),
  },
  {
    op: "conv2dKernelGradient",
    operands: [
      [2, 2, 6, 5],
      [2, 3, 3, 3],
    ],
    build: (x, dy) => ops.conv2dKernelGradient(x, dy, { stride: 2, padding: 1, size: [3, 3] }),
  },
  { op: "averagePool", operands: [[2, 3, 4, 6]], build: (x) => ops.averagePool(x, 2) },
  ...(["erf", "geluErf"] as const).flatMap(unaryCases),
];

function special(operand: Operand): Special {
  return "shape" in operand ? operand : { shape: operand, values: "any" };
}

export interface BuiltCase {
  readonly graph: Graph;
  readonly operands: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly feeds: Map<string, HostArray>;
}

/** Builds a case with random operands; its graph is complete and can be differentiated further. */
export function buildCase({ op, operands, build }: OpCase, seed: number): BuiltCase {
  const graph = new Graph(op);
  const random = new Random(seed);
  const feeds = new Map<string, HostArray>();
  const tensors = operands.map((operand, i) => {
    const { shape, values, below = 1 } = special(operand);
    const dtype: DType = values === "indices" ? "int64" : "float32";
    const draw = () =>
      values === "indices" ? random.integer(below) : values === "positive" ? random.between(0.5, 2) : random.normal();
    const data = Array.from({ length: sizeOf(shape) }, draw);
    feeds.set(`x${i}`, dtype === "int64" ? int64(shape, data) : float32(shape, data));
    return graph.input(`x${i}`, dtype, shape);
  });
  const built = build(...tensors);
  return { graph, operands: tensors, outputs: "graph" in built ? [built] : built, feeds };
}
