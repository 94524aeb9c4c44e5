import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError, UsageError } from "../../base/errors.ts";
import { rowsOf } from "../../data/index.ts";
import { openDataset } from "../../data/node/index.ts";
import { lostRecords, reportSkipped } from "./skipped.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "skipped-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

function collect() {
  const warnings: string[] = [];
  return { warnings, context: { log: { info: () => {}, warn: (message: string) => void warnings.push(message) } } };
}

describe("a CSV of 10,000 rows with one bad row", () => {
  const options = { out: "run", strict: false, maxSkipped: 0.05 };

  async function read() {
    const row = (i: number) => `study${i},film${i % 50}.png,A sentence.,${i === 5000 ? '"[[0, broken"' : "[]"},train`;
    const lines = ["StudyID,ImageID,report_en,boxes,split", ...Array.from({ length: 10_000 }, (_, i) => row(i))];
    await writeFile(join(dir, "train.csv"), lines.join("\n"));
    const { studies, problems } = await openDataset([join(dir, "train.csv")]);
    const { rows } = rowsOf(studies, { language: "en", findings: "all", reader: 1 });
    return { rows, skipped: lostRecords(problems) };
  }

  it("gives 9,999 rows, counts and places the bad one, and goes on", async () => {
    const { rows, skipped } = await read();
    expect(rows).toHaveLength(9_999);
    expect(skipped).toEqual([
      { reason: "the record is damaged", rows: [], places: ["train.csv, line 5002"], isLoss: true },
    ]);
    const { warnings, context } = collect();
    reportSkipped(skipped, rows.length, options, context);
    expect(warnings).toEqual(["1 rows are left out: the record is damaged; they are listed in the run folder"]);
  });

  it("fails when not even that share may be lost, or under --strict", async () => {
    const { rows, skipped } = await read();
    const { context } = collect();
    const report = (more: object) => () => reportSkipped(skipped, rows.length, { ...options, ...more }, context);
    expect(report({ maxSkipped: 0 })).toThrow(DataError);
    expect(report({ maxSkipped: 0 })).toThrow(/line 5002[\s\S]*at most 0\.0%[\s\S]*1 of 10000[\s\S]*--max-skipped/);
    expect(report({ strict: true })).toThrow(UsageError);
  });
});

it("what somebody chose to leave out is no loss", () => {
  const { warnings, context } = collect();
  const rows = Array.from({ length: 90 }, (_, i) => ({ studyId: `s${i}`, imageId: `i${i}` }));
  const options = { out: "run", strict: false, maxSkipped: 0 };
  reportSkipped([{ reason: "the film is not grey", rows, isLoss: false }], 10, options, context);
  expect(warnings[0]).toContain("90 rows");
});
