/** Interleaved timing, the rate that products are measured against, and tables of both. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { float32 } from "../../dist/base/arrays.js";
import { Graph, ops } from "../../dist/graph/index.js";

export const threads = 2;

/** Seconds of one call. */
export async function secondsOf(work) {
  const before = performance.now();
  await work();
  return (performance.now() - before) / 1000;
}

/** Node 20 has no `await using`: hands the resource to the work and disposes of it. */
export async function using(resource, work) {
  try {
    return await work(resource);
  } finally {
    await resource[Symbol.asyncDispose]();
  }
}

/**
 * Runs the sides in turn, so that whatever else the machine does falls on all of them.
 * @param sides name → a function of the round that does the work, or that gives its own number of seconds
 * @returns name → seconds of each round
 */
export async function inTurn(rounds, sides) {
  const seconds = Object.fromEntries(Object.keys(sides).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, work] of Object.entries(sides)) {
      let own;
      const measured = await secondsOf(async () => {
        own = await work(round);
      });
      seconds[name].push(typeof own === "number" ? own : measured);
    }
  }
  return seconds;
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * What the cores do on a product of training's size, [2160×768]·[768×3072]: a function that gives the seconds of one.
 * Several products stand in one graph of which one number each leaves, so that nothing but them is timed.
 */
export async function openProduct(runtime) {
  const [M, K, N, repeats] = [2160, 768, 3072, 8];
  const graph = new Graph("rate");
  const feeds = new Map();
  const random = (name, shape) => {
    feeds.set(
      name,
      float32(
        shape,
        Float32Array.from({ length: shape[0] * shape[1] }, () => Math.random() - 0.5),
      ),
    );
    return graph.input(name, "float32", shape);
  };
  const b = random("b", [K, N]);
  const corners = Array.from({ length: repeats }, (_, i) => {
    const product = ops.matmul(random(`a${i}`, [M, K]), b);
    return ops.slice(ops.slice(product, 0, 0, 1), 1, 0, 1);
  });
  const session = await runtime.compile({ corners: ops.concat(corners, 0) });
  const run = async () => (await secondsOf(() => session.run(feeds))) / repeats;
  await run();
  return { run, flop: 2 * M * K * N, release: () => session.release() };
}

/** A temporary folder that is gone with the process. */
export async function workFolder() {
  const dir = await mkdtemp(join(tmpdir(), "regionformer-bench-"));
  process.on("exit", () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Runs the command line in a process of its own: seconds, peak memory in GB, exit code and output. */
export async function runCli(...args) {
  const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
  const peak = fileURLToPath(new URL("./peak.mjs", import.meta.url));
  const file = join(await mkdtemp(join(tmpdir(), "regionformer-peak-")), "peak");
  const before = performance.now();
  const child = spawn(process.execPath, ["--import", peak, main, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, BENCH_PEAK_FILE: file },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (data) => (stdout += data));
  child.stderr.on("data", (data) => (stderr += data));
  const [exitCode] = await once(child, "close");
  const seconds = (performance.now() - before) / 1000;
  if (exitCode !== 0) throw new Error(`regionformer ${args.join(" ")} ended with ${exitCode}:\n${stderr}`);
  return { seconds, stdout, stderr, peakGB: Number(readFileSync(file, "utf8")) };
}
