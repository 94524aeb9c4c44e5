import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { float32, int64 } from "../../base/arrays.ts";
import { Graph, ops } from "../../graph/index.ts";
import { SerialQueue } from "../serial-queue.ts";
import { liveSessions, openRuntime } from "./index.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

function scaled() {
  const graph = new Graph("scaled");
  const x = graph.input("x", "float32", [2]);
  return { y: ops.mul(x, graph.parameter("scale", [2])), x2: x };
}
const weights = new Map([["scale", float32([2], [2, 3])]]);

describe("a session", () => {
  it("runs with bound weights, which may change between runs", async () => {
    const own = new Map([["scale", float32([2], [2, 3])]]);
    await using session = await openRuntime().compile(scaled(), { weights: own });
    const feeds = new Map([["x", float32([2], [1, 10])]]);
    expect([...(await session.run(feeds)).get("y")!.data]).toEqual([2, 30]);
    own.get("scale")!.data[0] = 5;
    const outputs = await session.run(feeds);
    expect([...outputs.get("y")!.data]).toEqual([5, 30]);
    expect([...outputs.get("x2")!.data]).toEqual([1, 10]);
  });

  it("does not keep the weights that the engine has copied", async () => {
    const open = async () => {
      const scale = float32([2], [2, 3]);
      const constants = new Map([["scale", scale]]);
      return {
        scale: new WeakRef(scale),
        session: await openRuntime().compile(scaled(), { constants, prepack: true }),
      };
    };
    const { scale, session } = await open();
    for (let turn = 0; turn < 50 && scale.deref() !== undefined; turn++) {
      await sleep(10);
      collectGarbage();
    }
    expect(scale.deref()).toBeUndefined();
    const outputs = await session.run(new Map([["x", float32([2], [1, 10])]]));
    expect([...outputs.get("y")!.data]).toEqual([2, 30]);
    await session.release();
  });

  it("writes into the arrays it is given", async () => {
    await using session = await openRuntime({ threads: 1 }).compile(scaled(), { weights });
    const buffer = new Float32Array(6);
    const y = float32([2], buffer.subarray(2, 4));
    const outputs = await session.run(new Map([["x", float32([2], [1, 1])]]), new Map([["y", y]]));
    expect(outputs.get("y")).toBe(y);
    expect([...buffer]).toEqual([0, 0, 2, 3, 0, 0]);
  });

  it.each([
    ["missing", new Map(), /not fed[\s\S]*input "x"[\s\S]*float32\[2\]/],
    [
      "surplus",
      new Map([
        ["x", float32([2], [1, 1])],
        ["z", float32([1], [1])],
      ]),
      /no place[\s\S]*feed "z"/,
    ],
    ["of another shape", new Map([["x", float32([1], [1])]]), /float32\[2\][\s\S]*float32\[1\]/],
    ["of another dtype", new Map([["x", int64([2], [1, 1])]]), /float32\[2\][\s\S]*int64\[2\]/],
  ])("refuses a feed that is %s", async (_, feeds, message) => {
    await using session = await openRuntime().compile(scaled(), { weights });
    await expect(session.run(feeds)).rejects.toThrow(message);
    await expect(session.run(new Map([["x", float32([2], [1, 1])]]))).resolves.toBeDefined();
  });

  it("refuses weights and target arrays of another shape", async () => {
    const wrong = new Map([["scale", float32([3], [1, 2, 3])]]);
    await expect(openRuntime().compile(scaled(), { weights: wrong })).rejects.toThrow(/weight "scale"/);
    await using session = await openRuntime().compile(scaled(), { weights });
    const into = new Map([["y", float32([1], [0])]]);
    await expect(session.run(new Map([["x", float32([2], [1, 1])]]), into)).rejects.toThrow(/output "y"/);
  });

  it("is released once, however often it is asked", async () => {
    const before = liveSessions();
    const session = await openRuntime().compile(scaled(), { weights });
    expect(liveSessions()).toBe(before + 1);
    await Promise.all([session.release(), session.release()]);
    await session.release();
    expect(liveSessions()).toBe(before);
    await expect(session.run(new Map([["x", float32([2], [1, 1])]]))).rejects.toThrow(/released/);
  });

  it("gives the same bits with one thread and two", async () => {
    const graph = new Graph("bits");
    const x = graph.input("x", "float32", [64, 300]);
    const outputs = { y: ops.softmax(ops.matmul(x, x, { transB: true })) };
    const feeds = new Map([
      [
        "x",
        float32(
          [64, 300],
          Float32Array.from({ length: 64 * 300 }, (_, i) => Math.sin(i)),
        ),
      ],
    ]);
    await using one = await openRuntime({ threads: 1 }).compile(outputs);
    await using two = await openRuntime({ threads: 2 }).compile(outputs);
    expect((await one.run(feeds)).get("y")).toEqual((await two.run(feeds)).get("y"));
  });

  it("is not opened on an unusable number of threads", () => {
    expect(() => openRuntime({ threads: 0 })).toThrow(/1 or more/);
  });
});

describe("the queue", () => {
  it("runs jobs in order, and a failed job fails alone", async () => {
    const queue = new SerialQueue();
    const order: string[] = [];
    const job = (name: string, fails = false) =>
      queue.run(async () => {
        await new Promise((resolve) => setTimeout(resolve, name === "a" ? 5 : 0));
        order.push(name);
        if (fails) throw new Error(name);
      });
    const results = await Promise.allSettled([job("a"), job("b", true), job("c")]);
    expect(order).toEqual(["a", "b", "c"]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });
});
