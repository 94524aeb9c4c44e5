import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { captureCli } from "../../../tests/support/capture-cli.ts";
import { registry } from "./index.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "data-synth-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("writes a set that the check finds nothing wrong with", async () => {
  const out = join(folder, "set");
  const made = await captureCli(registry, [
    ...["data", "synth", "--out", out, "--studies", "6"],
    ...["--seed", "5", "--size", "128", "--json"],
  ]);
  expect(made.exitCode).toBe(0);
  const summary = JSON.parse(made.stdout);
  expect(summary).toMatchObject({ studies: 6, seed: 5, size: 128 });
  const checked = await captureCli(registry, ["data", "check", out, "--json"]);
  expect(checked.exitCode).toBe(0);
  expect(JSON.parse(checked.stdout)).toMatchObject({
    studies: 6,
    patients: summary.patients,
    positive: summary.positiveSentences,
    negative: summary.negativeSentences,
    errors: 0,
    warnings: 0,
  });
});

it("says in text that the films are synthetic and for research", async () => {
  const made = await captureCli(registry, [
    "data",
    "synth",
    "--out",
    join(folder, "small"),
    "--studies",
    "2",
    "--size",
    "128",
  ]);
  expect(made.stdout).toMatch(/2 synthetic studies of \d patients? \(seed 0\).*research/);
});

it("draws the contact sheet", async () => {
  const out = join(folder, "sheet.jpg");
  const drawn = await captureCli(registry, ["data", "sheet", "--out", out, "--size", "64"]);
  expect(drawn.exitCode).toBe(0);
  const [first, second] = await readFile(out);
  expect([first, second]).toEqual([0xff, 0xd8]);
  const asPng = await captureCli(registry, ["data", "sheet", "--out", join(folder, "sheet.png")]);
  expect([asPng.exitCode, asPng.stderr]).toEqual([2, expect.stringMatching(/is a JPEG[\s\S]*sheet\.png/)]);
});
