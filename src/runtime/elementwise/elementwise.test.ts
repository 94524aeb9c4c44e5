import { describe, expect, it } from "vitest";
import { float32 } from "../../base/arrays.ts";
import { Graph, ops, type Tensor } from "../../graph/index.ts";
import { openRuntime } from "../node/index.ts";
import { float32x4 } from "./wasm.ts";

const runtime = openRuntime({ threads: 1 });
const elementwise = true;

/** Numbers of all sizes, subnormal ones, both zeros, infinities and no number. */
function numbers(count: number, seed: number): Float32Array {
  const special = [0, -0, 1e-45, -1e-40, 3.4e38, Infinity, -Infinity, Number.NaN, 1, -1];
  return Float32Array.from({ length: count }, (_, i) => {
    const k = i * 7 + seed;
    return k % 5 === 0 ? special[(k / 5) % special.length]! : Math.sin(k) * 10 ** ((k * 13) % 80) * 1e-42;
  });
}

function everyOp(size: number) {
  const graph = new Graph("every-op");
  const [x, y] = [graph.input("x", "float32", [size]), graph.input("y", "float32", [size])];
  const scale = graph.input("scale", "float32", []);
  const binary = { add: ops.add(x, y), sub: ops.sub(x, y), mul: ops.mul(x, y), div: ops.div(x, y) };
  const unary = { neg: ops.neg(x), sqrt: ops.sqrt(x) };
  const chain = ops.sub(ops.mul(ops.add(ops.mul(x, scale), ops.mul(y, 0.1)), 1e3), ops.div(1, scale));
  return { ...binary, ...unary, chain };
}

function bits(data: Float32Array): number[] {
  // The bits of what is no number are free.
  return [...new Uint32Array(data.buffer, data.byteOffset, data.length)].map((b, i) =>
    Number.isNaN(data[i]) ? -1 : b,
  );
}

describe("one pass for a graph of elementwise ops", () => {
  it.each([1, 5, 4096])("has the engine's results to the bit, %i numbers", async (size) => {
    const outputs = everyOp(size);
    expect(Object.keys(outputs)).toEqual(expect.arrayContaining(Object.keys(float32x4)));
    await using engine = await runtime.compile(outputs);
    await using pass = await runtime.compile(outputs, { elementwise });
    const feeds = new Map([
      ["x", float32([size], numbers(size, 1))],
      ["y", float32([size], numbers(size, 4))],
      ["scale", float32([], [0.3])],
    ]);
    expect([...pass.inputs.keys()]).toEqual([...engine.inputs.keys()]);
    const [expected, actual] = [await engine.run(feeds), await pass.run(feeds)];
    for (const [name, { data }] of expected) {
      expect(bits(actual.get(name)!.data as Float32Array), name).toEqual(bits(data as Float32Array));
    }
  });

  it("writes into the arrays it is given, those it read included", async () => {
    const graph = new Graph("in-place");
    const x = graph.input("x", "float32", [2]);
    const doubled = ops.add(x, x);
    await using session = await runtime.compile({ doubled, squared: ops.mul(x, x) }, { elementwise });
    const array = float32([2], [3, 4]);
    const outputs = await session.run(new Map([["x", array]]), new Map([["doubled", array]]));
    expect(outputs.get("doubled")).toBe(array);
    expect([...array.data]).toEqual([6, 8]);
    expect([...outputs.get("squared")!.data]).toEqual([9, 16]);
    await session.run(new Map([["x", array]]));
    expect([...outputs.get("squared")!.data]).toEqual([9, 16]);
  });

  it("checks what it is fed, where it writes, and that it was not released", async () => {
    const graph = new Graph("checked");
    const session = await runtime.compile({ y: ops.neg(graph.input("x", "float32", [2])) }, { elementwise });
    const feeds = new Map([["x", float32([2], [1, 2])]]);
    await expect(session.run(new Map())).rejects.toThrow(/input "x"/);
    await expect(session.run(feeds, new Map([["y", float32([1], [0])]]))).rejects.toThrow(/output "y"/);
    expect([...(await session.run(feeds)).get("y")!.data]).toEqual([-1, -2]);
    await session.release();
    await expect(session.run(feeds)).rejects.toThrow(/released/);
  });

  it.each<[string, (graph: Graph, x: Tensor) => Tensor, RegExp]>([
    ["another op", (_, x) => ops.exp(x), /exp[\s\S]*neg, sqrt, add[\s\S]*found: exp/],
    ["a constant array", (graph, x) => ops.mul(x, graph.constant(float32([2], [1, 2]))), /found: constant/],
    ["a parameter", (graph, x) => ops.mul(x, graph.parameter("w", [2])), /where: w[\s\S]*a parameter/],
    ["a free axis", (graph, x) => ops.mul(x, graph.input("w", "float32", [2], ["rows"])), /where: w[\s\S]*rows/],
    ["another shape", (graph, x) => ops.mul(x, graph.input("w", "float32", [1])), /where: w[\s\S]*float32 \[1\]/],
    ["an output of another shape", (graph) => graph.input("w", "float32", []), /where: w[\s\S]*found: \[\]/],
  ])("refuses a graph with %s", async (_, build, message) => {
    const graph = new Graph("refused");
    const x = graph.input("x", "float32", [2]);
    await expect(runtime.compile({ x2: ops.add(x, x), y: build(graph, x) }, { elementwise })).rejects.toThrow(message);
  });
});
