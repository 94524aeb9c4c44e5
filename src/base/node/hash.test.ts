import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sha256, sha256OfFile } from "./hash.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hash-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("a file's hash", () => {
  it.each([0, 1, 5_000_000])("is that of its %i bytes", async (size) => {
    const bytes = new Uint8Array(size).map((_, i) => i * 7);
    const path = join(folder, "file");
    await writeFile(path, bytes);
    expect(await sha256OfFile(path)).toBe(sha256(bytes));
  });

  it("is that of its bytes where a thread of its own makes it", async () => {
    const size = 2 ** 26 + 1;
    const path = join(folder, "large");
    const file = await open(path, "w");
    await file.write("end", size - 3); // zeros before take no room on the disk
    await file.close();
    expect(await sha256OfFile(path)).toBe(sha256(new Uint8Array(size - 3), "end"));
  });

  it("of a file that is not there is the system's error", async () => {
    await expect(sha256OfFile(join(folder, "none"))).rejects.toThrow(/ENOENT/);
  });
});
