import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { releaseLock } from "./task.ts";

it("a lock of a task that is over is removed, whatever machine held it, and no other lock", async () => {
  const dir = await mkdtemp(join(tmpdir(), "regionformer-lock-"));
  try {
    const path = join(dir, "train.lock");
    await writeFile(path, JSON.stringify({ pid: 12, host: "n1" }));
    const over = { job: "7_0", state: "running", pid: 12, host: "n2" } as const;
    await releaseLock(path, [over, { ...over, pid: 13, host: "n1" }]);
    expect(existsSync(path)).toBe(true);
    await releaseLock(path, [{ ...over, host: "n1" }]);
    expect(existsSync(path)).toBe(false);
    await releaseLock(path, [over]);
  } finally {
    await rm(dir, { recursive: true });
  }
});
