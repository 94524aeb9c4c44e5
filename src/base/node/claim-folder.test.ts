import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DataError, UsageError } from "../errors.ts";
import { entriesOfOwn } from "./claim-folder.ts";

const own = { marker: "mine.yaml", owner: "`this`", content: "earlier work" };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "claim-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

it("takes a folder that is not there, an empty one, and its own; refuses others, and what is no folder", async () => {
  expect(await entriesOfOwn(join(folder, "new"), own)).toEqual([]);
  await writeFile(join(folder, "a.tmp-0123456789ab"), "");
  expect(await entriesOfOwn(folder, own)).toEqual([]);
  const other = join(folder, "other.txt");
  await writeFile(other, "");
  await expect(entriesOfOwn(folder, own)).rejects.toThrow(UsageError);
  await expect(entriesOfOwn(other, own)).rejects.toThrow(DataError);
  await writeFile(join(folder, own.marker), "");
  expect((await entriesOfOwn(folder, own)).sort()).toEqual(["mine.yaml", "other.txt"]);
});
