import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { captureCli } from "../../../tests/support/capture-cli.ts";
import { registry } from "./index.ts";

it("reports versions, every device or what it needs, and three checks that ran", async () => {
  const { exitCode, stdout } = await captureCli(registry, ["doctor", "--json"]);
  expect(exitCode).toBe(0);
  const report = JSON.parse(stdout);
  const pinned = JSON.parse(await readFile("package.json", "utf8"));
  expect(report.versions).toEqual({ regionformer: pinned.version, node: process.version });
  expect(report.engine).toBe(pinned.dependencies["onnxruntime-node"]);
  expect(report.cores).toBeGreaterThan(0);
  expect(report.memory.totalBytes).toBeGreaterThanOrEqual(report.memory.freeBytes);
  const devices = report.devices as { name: string; usable: boolean; detail: string; needs?: string }[];
  expect(devices.map(({ name }) => name)).toEqual(["cpu", "webgpu", "cuda", "dml", "coreml"]);
  expect(devices[0]).toEqual({ name: "cpu", usable: true, detail: "the default" });
  for (const { usable, detail, needs } of devices) {
    expect(detail).not.toBe("");
    expect(needs === undefined).toBe(usable);
  }
  expect(report.checks.map(({ name, ok }: { name: string; ok: boolean }) => [name, ok])).toEqual([
    ["engine", true],
    ["images", true],
    ["temporary folder", true],
  ]);
});

it("says what fails, where, and exits with its code", async () => {
  const temporary = process.env.TMPDIR;
  process.env.TMPDIR = "/nowhere/to/be/found";
  try {
    const { exitCode, stdout } = await captureCli(registry, ["doctor"]);
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/^devices: cpu/m);
    expect(stdout).toMatch(/^ok {5}engine: /m);
    expect(stdout).toMatch(/^FAILED temporary folder: ENOENT.*\/nowhere\/to\/be\/found/m);
  } finally {
    if (temporary === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = temporary;
  }
});
