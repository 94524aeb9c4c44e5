/** kill -9 at the file operations of a conversion: no half output, and the same command gives what it would have given. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startProgram } from "../support/child-program.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "killed-conversion-"));
  await mkdir(join(folder, "set"));
  const finding = { sentence_en: "Nodule.", abnormal: true, labels: ["nodule"], boxes: [[0, 0, 0.5, 0.5]] };
  const records = ["1", "2", "3"].map((id) => ({ StudyID: id, ImageID: `${id}.png`, findings: [finding] }));
  await writeFile(join(folder, "set", "grounded_reports_x.json"), JSON.stringify(records));
  const films = ["1,train,p1", "2,train,p2", "3,test,p3"];
  await writeFile(join(folder, "set", "master_table.csv"), `StudyID,split,PatientID\n${films.join("\n")}\n`);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function textsIn(out: string): Promise<Record<string, string>> {
  const entries = await readdir(out, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    files.sort().map(async (file) => [file.slice(out.length), await readFile(file, "utf8")]),
  );
  return Object.fromEntries(texts);
}

it("leaves no folder behind, and starts again from nothing", async () => {
  const convert = (out: string) => ["data", "convert", join(folder, "set"), join(folder, out), "--to", "yolo"];
  const count = join(folder, "count");
  expect(await startProgram(convert("alone"), { COUNT_INTO: count }).ended).toMatchObject({ exitCode: 0 });
  const expected = await textsIn(join(folder, "alone"));
  expect(Object.keys(expected)).toHaveLength(4);
  const operations = Number(await readFile(count, "utf8"));
  // The first and the third file are half written; then all is written and the folder not yet moved.
  const out = join(folder, "killed");
  for (const killAt of [1, 3, operations]) {
    const { signal } = await startProgram(convert("killed"), { KILL_AT: String(killAt) }).ended;
    expect([killAt, signal, existsSync(out)]).toEqual([killAt, "SIGKILL", false]);
  }
  expect(existsSync(`${out}.converting`)).toBe(true);
  expect(await startProgram(convert("killed")).ended).toMatchObject({ exitCode: 0 });
  expect(await textsIn(out)).toEqual(expected);
  expect((await readdir(folder)).sort()).toEqual(["alone", "count", "killed", "set"]);
});
