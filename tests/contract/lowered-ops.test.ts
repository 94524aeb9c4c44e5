/** What a GPU gets, run on the CPU: plain ops for the fused ones, and constants inside the session. */
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { float32 } from "../../src/base/arrays.ts";
import { Graph, ops } from "../../src/graph/index.ts";
import { loweredRules } from "../../src/graph/onnx/lowered-rules.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { ortRuntime } from "../../src/runtime/ort-runtime.ts";
import { compareRuntimes } from "../../src/runtime/self-test.ts";
import { interpret } from "../reference/interpreter.ts";
import { expectClose } from "../support/expect-close.ts";
import { buildCase, opCases } from "./op-cases.ts";

const likeGpu = ortRuntime({
  description: "cpu as if it were a GPU",
  Tensor: OrtTensor,
  create: (model, options) => InferenceSession.create(model, options),
  sessionOptions: { executionProviders: ["cpu"], graphOptimizationLevel: "disabled" },
  plainOps: true,
  ownMemory: true,
  writesIntoTensors: true,
});

describe("a lowered op", () => {
  const cases = opCases.filter(({ op }) => Object.hasOwn(loweredRules, op));

  it("has cases", () => {
    expect(new Set(cases.map(({ op }) => op))).toEqual(new Set(Object.keys(loweredRules)));
  });

  it.each(cases.map((opCase, i) => [`${opCase.op} #${i}`, opCase, i] as const))(
    "%s equals the reference",
    async (_, opCase, i) => {
      const { outputs, feeds } = buildCase(opCase, i);
      const named = Object.fromEntries(outputs.map((output, i) => [`y${i}`, output]));
      await using session = await likeGpu.compile(named);
      const actual = await session.run(feeds);
      for (const [name, { data }] of interpret(named, feeds)) {
        expectClose(actual.get(name)!.data, data, "float32Engine", name);
      }
    },
  );
});

describe("constants", () => {
  it("are inside the session, while weights may change from run to run", async () => {
    const graph = new Graph("constants");
    const x = graph.input("x", "float32", [2]);
    const y = ops.add(ops.mul(x, graph.parameter("fixed", [2])), graph.parameter("moving", [2]));
    const fixed = float32([2], [2, 3]);
    const moving = float32([2], [1, 1]);
    const options = { weights: new Map([["moving", moving]]), constants: new Map([["fixed", fixed]]) };
    await using session = await likeGpu.compile({ y }, options);
    moving.data.fill(10);
    const outputs = await session.run(new Map([["x", float32([2], [1, 10])]]));
    expect([...outputs.get("y")!.data]).toEqual([12, 40]);
    expect([...session.inputs.keys()]).toEqual(["x"]);
  });
});

describe("the self-test", () => {
  it("finds the same numbers on a device that computes rightly, and other ones on one that does not", async () => {
    const cpu = openRuntime({ threads: 1 });
    expect(await compareRuntimes(likeGpu, cpu)).toBeLessThan(1e-5);
    const wrong = {
      description: "wrong",
      compile: async (...call: Parameters<typeof cpu.compile>) => {
        const session = await cpu.compile(...call);
        const run: typeof session.run = async (feeds) => {
          const outputs = await session.run(feeds);
          outputs.get("slope scale")!.data[3] = 0.25;
          return outputs;
        };
        return { ...session, run };
      },
    };
    expect(await compareRuntimes(wrong, cpu)).toBeGreaterThan(1e-3);
  });
});
