/** kill -9 and Ctrl-C at any moment of a conversion: no half output, and the same command goes on to what it would have given. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { Random } from "../../src/base/random.ts";
import { registry } from "../../src/cli/commands/index.ts";
import { JsonList } from "../../src/data/padchest-gr/json-list.ts";
import { captureCli } from "../support/capture-cli.ts";
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

it("leaves no folder behind when it is killed before anything is on the disk for good", async () => {
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

/** A set of many small studies; the films are nowhere. */
async function writeMany(name: string, studies: number): Promise<string> {
  const root = join(folder, name);
  await mkdir(root);
  const records = Array.from({ length: studies }, (_, i) => ({
    StudyID: `${i}`,
    ImageID: `${i}.png`,
    findings: [
      {
        sentence_en: `Nodule ${i}. ${"It was seen before. ".repeat(20)}`,
        abnormal: true,
        labels: [`label ${i % 7}`],
        boxes: [[0, 0, ((i % 50) + 1) / 51, 0.5]],
      },
    ],
  }));
  await writeFile(join(root, "grounded_reports_x.json"), JSON.stringify(records));
  return root;
}

it.each([
  ["a file an image", "yolo", 700],
  ["one file", "label-studio", 3500],
] as const)(
  "goes on after several kills, with the same bytes: %s",
  { timeout: 120_000 },
  async (_, format, studies) => {
    const root = await writeMany(`many-${format}`, studies);
    const argv = (out: string) => ["data", "convert", root, join(folder, out), "--to", format, "--json"];
    const count = join(folder, `count-${format}`);
    const alone = await startProgram(argv(`alone-${format}`), { COUNT_INTO: count }).ended;
    const operations = Number(await readFile(count, "utf8"));
    const random = new Random(41);
    const out = join(folder, `killed-${format}`);
    const starts: boolean[] = [];
    // Each process is killed within what would be the last part of a conversion from the start: what is kept adds up.
    for (let attempt = 0; attempt < 2; attempt++) {
      const killAt = Math.ceil(operations * (0.5 + random.between(0, 0.1)));
      const { signal, exitCode, stderr } = await startProgram(argv(`killed-${format}`), { KILL_AT: `${killAt}` }).ended;
      starts.push(stderr.includes("continued where an earlier conversion stopped"));
      if (exitCode !== null) break;
      expect([signal, existsSync(out)]).toEqual(["SIGKILL", false]);
    }
    const last = await startProgram(argv(`killed-${format}`)).ended;
    expect(last.exitCode).toBe(alone.exitCode);
    expect([...starts, last.stderr.includes("continued where an earlier conversion stopped")]).toContain(true);
    expect(await textsIn(out)).toEqual(await textsIn(join(folder, `alone-${format}`)));
    const answer = (stdout: string) => ({ ...JSON.parse(stdout), out: "" });
    expect(answer(last.stdout)).toEqual(answer(alone.stdout));
    expect((await readdir(folder)).filter((name) => name.includes(".converting"))).toEqual([]);
  },
);

it.each([
  ["check", []],
  ["convert", ["ignored", "--to", "coco"]],
] as const)("answers Ctrl-C between two pieces of a file that is being read: data %s", async (command, more) => {
  const root = await writeMany(`read-${command}`, 6000);
  const pieces = (await readFile(join(root, "grounded_reports_x.json"))).length / 2 ** 18;
  expect(pieces).toBeGreaterThan(8);
  const controller = new AbortController();
  const original = JsonList.prototype.push;
  const push = vi.spyOn(JsonList.prototype, "push").mockImplementation(function (this: JsonList, bytes) {
    controller.abort();
    return original.call(this, bytes);
  });
  const out = more.map((word) => (word === "ignored" ? join(folder, "ignored") : word));
  const { exitCode, stdout } = await captureCli(registry, ["data", command, root, ...out], controller.signal);
  const calls = push.mock.calls.length;
  push.mockRestore();
  expect([exitCode, stdout, calls]).toEqual([130, "", 1]);
  expect(existsSync(join(folder, "ignored"))).toBe(false);
});
