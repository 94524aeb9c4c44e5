/** The entry for browsers in a real one: bundled, served from this machine, the sentence that Node writes. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

interface Answer {
  readonly name: string;
  readonly runtime?: string;
  readonly sameText?: boolean;
  readonly scoreGap?: number;
  readonly notMeasured?: string;
}

it("describes a film on WebAssembly threads, also with weights stored as float16, and on WebGPU", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["bench/browser.mjs", "--rounds", "1"]);
  const rows = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Answer);
  const inBrowser = rows.filter(({ name }) => name.includes("Chromium"));
  expect(inBrowser.map(({ name, runtime, notMeasured }) => [name, notMeasured ?? runtime])).toEqual([
    ["describe in Chromium, wasm, float32", "wasm, 2 threads"],
    ["describe in Chromium, webgpu, float32", "webgpu in the browser"],
    ["describe in Chromium, wasm, float16", "wasm, 2 threads"],
  ]);
  for (const { sameText, scoreGap } of inBrowser) {
    expect(sameText).toBe(true);
    expect(scoreGap).toBeLessThan(1e-4);
  }
});
