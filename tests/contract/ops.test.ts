import { describe, expect, it } from "vitest";
import { float32 } from "../../src/base/arrays.ts";
import {
  coreOps,
  extendOps,
  formatGraph,
  Graph,
  gradients,
  type OpRow,
  ops,
  type Tensor,
  vectorJacobianProduct,
} from "../../src/graph/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { interpret, type ReferenceFeeds, type ReferenceRule, referenceOps } from "../reference/interpreter.ts";
import { expectClose } from "../support/expect-close.ts";
import { buildCase, opCases } from "./op-cases.ts";

const runtime = openRuntime();

function named(outputs: readonly Tensor[]): Record<string, Tensor> {
  return Object.fromEntries(outputs.map((output, i) => [`y${i}`, output]));
}

/** A scalar that weighs every element of the output differently. */
function weighted(output: Tensor): Tensor {
  const size = output.shape.reduce((a, b) => a * b, 1);
  const weights = float32(
    output.shape,
    Array.from({ length: size }, (_, i) => Math.sin(i + 1)),
  );
  return ops.reduceSum(ops.mul(output, output.graph.constant(weights)));
}

/** Central differences of a scalar by one fed operand, in float64. */
function finiteDifference(
  loss: Tensor,
  feeds: ReferenceFeeds,
  name: string,
  more?: Record<string, ReferenceRule>,
): number[] {
  const base = Float64Array.from(feeds.get(name)!.data as ArrayLike<number>, Number);
  const step = 1e-5;
  return [...base].map((value, i) => {
    const shifted = (by: number) => {
      const data = base.slice();
      data[i] = value + by;
      return interpret({ loss }, new Map([...feeds, [name, { data }]]), more).get("loss")!.data[0]!;
    };
    return (shifted(step) - shifted(-step)) / (2 * step);
  });
}

describe("every op", () => {
  it("has a row in the interpreter and a case in the grid", () => {
    expect([...referenceOps].sort()).toEqual(Object.keys(coreOps).sort());
    const tested = new Set<string>([...opCases.map(({ op }) => op), "constant"]);
    expect([...tested].sort()).toEqual(Object.keys(coreOps).sort());
  });

  it.each(opCases.map((opCase, i) => [`${opCase.op} #${i}`, opCase, i] as const))(
    "%s: engine = reference",
    async (_, opCase, i) => {
      const { outputs, feeds } = buildCase(opCase, i);
      await using session = await runtime.compile(named(outputs));
      const actual = await session.run(feeds);
      const expected = interpret(named(outputs), feeds);
      for (const [name, { shape, data }] of expected) {
        expect(actual.get(name)!.shape).toEqual(shape);
        expectClose(actual.get(name)!.data, data, "float32Engine", name);
      }
    },
  );

  it.each(opCases.map((opCase, i) => [`${opCase.op} #${i}`, opCase, i] as const))(
    "%s: derivative",
    async (_, opCase, i) => {
      const { outputs, operands, feeds } = buildCase(opCase, i);
      const row = coreOps[opCase.op]!;
      const trained = operands.filter(({ dtype }) => dtype === "float32");
      if (typeof row.gradient !== "function") {
        expect(row.gradient.noGradient).toMatch(/\w+ \w+/);
        // scatterElements and topK give float32 and must refuse; the others give no float32 to differentiate.
        if (outputs[0]!.dtype === "float32" && trained.length > 0) {
          expect(() => gradients(weighted(outputs[0]!), trained)).toThrow(/has no gradient/);
        }
        return;
      }
      const loss = weighted(outputs[0]!);
      const flowing = trained.filter(({ name }) => !(opCase.op === "where" && name === "x0"));
      const dxs = gradients(loss, flowing);
      const analytic = interpret(named(dxs), feeds);
      await using session = await runtime.compile({ loss, ...named(dxs) });
      const engine = await session.run(feeds);
      flowing.forEach(({ name }, j) => {
        expectClose(analytic.get(`y${j}`)!.data, finiteDifference(loss, feeds, name), "finiteDifference", name);
        expectClose(engine.get(`y${j}`)!.data, analytic.get(`y${j}`)!.data, "float32Engine", name);
      });
    },
  );
});

describe("a derivative in parts", () => {
  const at = (graph: Graph) => graph.input("x", "float32", [2, 3]);
  const feeds = new Map([["x", float32([2, 3], [0.5, -1, 2, 0.1, 0.7, -0.3])]]);

  it("is the whole one", () => {
    const graph = new Graph("parts");
    const x = at(graph);
    const y = ops.tanh(ops.mul(x, x));
    const loss = weighted(ops.exp(y));
    const [whole] = gradients(loss, [x]);
    const [dy] = gradients(loss, [y]);
    const [parts] = vectorJacobianProduct(y, dy!, [x]);
    const found = interpret({ whole: whole!, parts: parts! }, feeds);
    expectClose(found.get("parts")!.data, found.get("whole")!.data, "float64Sum");
    expectClose(found.get("parts")!.data, finiteDifference(loss, feeds, "x"), "finiteDifference");
  });

  it("takes the gradient from beyond for a constant, and only in the shape of what it belongs to", () => {
    const graph = new Graph("constant");
    const x = at(graph);
    const square = ops.mul(x, x);
    const [dx] = vectorJacobianProduct(square, square, [x]); // 2x · x², not the derivative of x⁴
    const expected = Array.from(feeds.get("x")!.data, (value) => 2 * Number(value) ** 3);
    expectClose(interpret({ dx: dx! }, feeds).get("dx")!.data, expected, "float64Sum");
    expect(() => vectorJacobianProduct(square, ops.slice(square, 0, 0, 1), [x])).toThrow(/\[2,3\][\s\S]*\[1,3\]/);
  });
});

describe("the gradient of a large weight", () => {
  const random = (length: number, seed: number) => Float32Array.from({ length }, (_, i) => Math.sin(seed + 1.7 * i));

  it("is the product that it is for a small one, whatever the number of rows", async () => {
    const graph = new Graph("weight gradient");
    const [x, dy] = [graph.input("x", "float32", [3, 1024], ["N"]), graph.input("dy", "float32", [3, 1030], ["N"])];
    await using session = await runtime.compile({ dw: ops.matmul(x, dy, { transA: true }) });
    for (const rows of [3, 7]) {
      const [a, b] = [random(rows * 1024, 1), random(rows * 1030, 2)];
      const feeds = { x: float32([rows, 1024], a), dy: float32([rows, 1030], b) };
      const { data, shape } = (await session.run(new Map(Object.entries(feeds)))).get("dw")!;
      expect(shape).toEqual([1024, 1030]);
      const expected = new Float64Array(1024 * 1030);
      for (let n = 0; n < rows; n++) {
        for (let at = 0; at < expected.length; at++) {
          expected[at]! += a[n * 1024 + Math.floor(at / 1030)]! * b[n * 1030 + (at % 1030)]!;
        }
      }
      expectClose(data, expected, "float32Engine", `${rows} rows`);
    }
  });
});

describe("gradients of slices", () => {
  const graphOf = (...ends: readonly (readonly [number, number])[]) => {
    const graph = new Graph("slices");
    const x = graph.input("x", "float32", [2, 4]);
    const [first, ...others] = ends.map(([start, end], i) => ops.mul(ops.slice(x, 1, start, end), i + 2));
    const squares = [first!, ...others].map((part) => ops.reduceSum(ops.mul(part, part)));
    const [dx] = gradients(
      squares.reduce((a, b) => ops.add(a, b)),
      [x],
    );
    return { dx: dx! };
  };
  const feeds = new Map([["x", float32([2, 4], [1, 2, 3, 4, 5, 6, 7, 8])]]);

  it.each([
    [
      "of both halves are joined",
      [
        [0, 3],
        [3, 4],
      ],
      true,
    ],
    [
      "of both halves, the second one first, are joined",
      [
        [3, 4],
        [0, 3],
      ],
      true,
    ],
    [
      "that meet are added",
      [
        [0, 3],
        [2, 4],
      ],
      false,
    ],
    [
      "that leave a gap are added",
      [
        [0, 2],
        [3, 4],
      ],
      false,
    ],
  ] as const)("%s", async (_, ends, isJoined) => {
    const { dx } = graphOf(...ends);
    expect(formatGraph({ dx }).includes("concat(")).toBe(isJoined);
    const expected = Array.from({ length: 8 }, (_, at) =>
      ends.reduce((sum, [start, end], i) => {
        const isInside = at % 4 >= start && at % 4 < end;
        return sum + (isInside ? 2 * (i + 2) ** 2 * (at + 1) : 0);
      }, 0),
    );
    await using session = await runtime.compile({ dx });
    expectClose((await session.run(feeds)).get("dx")!.data, expected, "float32Engine");
  });
});

describe("a new op", () => {
  it("is one row per table and no other edit", async () => {
    const cube: OpRow = {
      shape: ({ inputs: [x] }) => [{ dtype: "float32", shape: x!.shape }],
      onnx: (emitter, node) => emitter.node("Pow", node, [...emitter.inputsOf(node), emitter.scalar(3)]),
      gradient: ({ inputs: [x] }, [dy]) => [ops.mul(ops.mul(dy!, 3), ops.mul(x!, x!))],
    };
    const reference: Record<string, ReferenceRule> = { cube: ([x]) => [x!.data.map((v) => v ** 3)] };

    const graph = new Graph("with cube", extendOps(coreOps, { cube }));
    const x = graph.input("x", "float32", [3]);
    const loss = ops.reduceSum(graph.scope("layer", () => graph.apply("cube", [x]))[0]!);
    const [dx] = gradients(loss, [x]);
    const feeds = new Map([["x", float32([3], [0.5, -1, 2])]]);

    expect(formatGraph({ loss })).toContain("layer/cube: f32[3] = cube(x)");
    expectClose(
      interpret({ dx: dx! }, feeds, reference).get("dx")!.data,
      finiteDifference(loss, feeds, "x", reference),
      "finiteDifference",
    );
    await using session = await runtime.compile({ loss, dx: dx! });
    const result = await session.run(feeds);
    expectClose(result.get("loss")!.data, [0.125 - 1 + 8], "float32Engine");
    expectClose(result.get("dx")!.data, [0.75, 3, 12], "float32Engine");
  });
});
