import * as ort from "onnxruntime-web";
import { describe, expect, it } from "vitest";
import { float32 } from "../../base/arrays.ts";
import { Graph, ops } from "../../graph/index.ts";
import { openRuntime } from "../node/index.ts";
import { compareRuntimes } from "../self-test.ts";
import { openWebRuntime } from "./index.ts";

function collect() {
  const warnings: string[] = [];
  return { warnings, log: { info: () => {}, warn: (message: string) => void warnings.push(message) } };
}

describe("the engine of the browser, on WebAssembly in Node", () => {
  it("computes what the engine of Node computes", async () => {
    const web = await openWebRuntime(ort, { device: "wasm" }, collect());
    expect(web.description).toBe("wasm, 1 thread");
    expect(await compareRuntimes(web, openRuntime({ threads: 1 }))).toBeLessThan(1e-5);
  });

  it("keeps constants inside the session and writes into given arrays", async () => {
    const graph = new Graph("web");
    const x = graph.input("x", "float32", [2]);
    const y = ops.mul(x, graph.parameter("scale", [2]));
    const constants = new Map([["scale", float32([2], [2, 3])]]);
    const web = await openWebRuntime(ort, { device: "wasm" }, collect());
    await using session = await web.compile({ y }, { constants });
    const into = float32([2], [0, 0]);
    await session.run(new Map([["x", float32([2], [1, 10])]]), new Map([["y", into]]));
    expect([...into.data]).toEqual([2, 30]);
  });

  it("takes WebAssembly with a warning, or refuses, where there is no WebGPU", async () => {
    const { warnings, log } = collect();
    expect((await openWebRuntime(ort, { device: "auto" }, { log })).description).toBe("wasm, 1 thread");
    expect(warnings[0]).toMatch(/WebGPU is not used: [\s\S]+; WebAssembly computes instead/);
    await expect(openWebRuntime(ort, { device: "webgpu" }, { log })).rejects.toThrow(/WebGPU cannot be used/);
  });
});
