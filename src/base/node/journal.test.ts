import { appendFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Journal } from "./journal.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "journal-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function write(subject: string, ...pieces: unknown[]): Promise<readonly unknown[]> {
  await using journal = await Journal.open(join(dir, "j"), subject);
  for (const piece of pieces) await journal.append(piece);
  return journal.pieces;
}

it("gives back the pieces of the same job, and forgets those of another", async () => {
  expect(await write("a", [1], "zwei")).toEqual([]);
  expect(await write("a", 3)).toEqual([[1], "zwei"]);
  expect(await write("a")).toEqual([[1], "zwei", 3]);
  expect(await write("b", 4)).toEqual([]);
  expect(await write("b")).toEqual([4]);
});

it.each([
  ["a line that a kill has cut", '{"piece":"hal'],
  ["a cut line and a new one", '{"piece":"hal\n{"piece":5}\n'],
])("leaves out %s, and goes on behind the last whole one", async (_, rest) => {
  await write("a", 1, 2);
  await appendFile(join(dir, "j"), rest);
  expect(await write("a", 3)).toEqual([1, 2]);
  expect(await write("a")).toEqual([1, 2, 3]);
});

it("is gone when the job is finished", async () => {
  const journal = await Journal.open(join(dir, "j"), "a");
  await journal.append(1);
  await journal[Symbol.asyncDispose]();
  await journal.finish();
  expect(await readdir(dir)).toEqual([]);
});
