import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { AppendFile } from "./append-file.ts";

it("is one's own from the place to keep on, whoever has it open still", async () => {
  const dir = await mkdtemp(join(tmpdir(), "append-"));
  try {
    const path = join(dir, "log");
    await using before = await AppendFile.openAlone(path);
    await before.append("one\ntwo\n");
    await using after = await AppendFile.openAlone(path, 4);
    await before.append("three\n");
    await after.append("2\n");
    expect(await readFile(path, "utf8")).toBe("one\n2\n");
    expect(after.length).toBe(6);
    expect(await readdir(dir)).toEqual(["log"]);
  } finally {
    await rm(dir, { recursive: true });
  }
});
