/** The demo in small: every part of it, on the embedded models. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, expect, it } from "vitest";
import { registry } from "../../src/cli/commands/index.ts";
import { captureCli } from "../support/capture-cli.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "regionformer-demo-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const small =
  "demo --config configs/demo.yaml --studies 60 --size 160 --epochs 2 --batch-size 16 --warmup-steps 2 --resamples 50 --gallery-rows 3 --json --out";
const demo = (out: string) => captureCli(registry, [...small.split(" "), out]);

it("trains three modes, compares them, writes a page, and gives the same numbers again", async () => {
  const out = join(dir, "demo");
  const { exitCode, stdout, stderr } = await demo(out);
  expect(exitCode, stderr).toBe(0);
  const document = JSON.parse(stdout) as {
    scores: Record<string, Record<string, { value: number; low: number; high: number }>>;
    counts: { test: number };
    notice: string;
  };
  expect(Object.keys(document.scores)).toEqual(["image", "image+mask", "mask"]);
  for (const columns of Object.values(document.scores)) {
    expect(Object.keys(columns).slice(0, 6)).toEqual(["BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "ROUGE-L", "CIDEr"]);
    for (const { value, low, high } of Object.values(columns)) {
      expect(low).toBeLessThanOrEqual(high);
      expect(Number.isFinite(value)).toBe(true);
    }
  }
  expect(document.notice).toContain("not a medical device");
  for (const mode of await readdir(join(out, "runs"))) {
    const rows = parse(await readFile(join(out, "runs", mode, "predictions.csv"))) as string[][];
    expect(rows).toHaveLength(1 + document.counts.test);
  }

  const page = await readFile(join(out, "report.html"), "utf8");
  expect(page).not.toMatch(/\b(src|href)="(?!data:)/);
  expect(page).not.toContain("<script");
  for (const text of ["synthetic", "not a medical device", "image+mask", "<svg", "BLEU-1"])
    expect(page).toContain(text);
  expect(page.match(/data:image\/jpeg/g)).toHaveLength(3);

  const again = await demo(out);
  expect(again.stdout).toBe(stdout);
  expect(await readFile(join(out, "report.html"), "utf8")).toBe(page);
});

it("does not touch a folder that holds something else", async () => {
  const mine = join(dir, "mine.txt");
  await writeFile(mine, "mine");
  const { exitCode, stderr } = await demo(dir);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("something else");
  expect(await readFile(mine, "utf8")).toBe("mine");
});
