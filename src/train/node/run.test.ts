import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Run } from "./run.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "run-"));
});
afterEach(() => rm(dir, { recursive: true }));

it("begins where a process was killed before it had written anything whole", async () => {
  await writeFile(join(dir, "config.yaml.tmp-87f10da1a90e"), "");
  await expect(Run.create(dir, "a: 1\n")).resolves.toMatchObject({ dir });
  await expect(Run.open(dir)).resolves.toMatchObject({ dir });
});

it("refuses a folder with anything else", async () => {
  await writeFile(join(dir, "config.yaml.tmp-mine"), "");
  await expect(Run.create(dir, "a: 1\n")).rejects.toThrow(/not empty/);
});
