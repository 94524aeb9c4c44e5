import { describe, expect, it } from "vitest";
import { DataError } from "../errors.ts";
import { WorkerPool } from "./worker-pool.ts";

/** The thread that prepares films serves as an example: it refuses a file that is not there. */
function pool(threads: number) {
  return new WorkerPool<unknown, unknown>("features/node/preprocess-worker", threads, {});
}

describe("a worker pool", () => {
  it("gives a refusal of the thread back as the same error, and goes on", async () => {
    await using workers = pool(2);
    const jobs = ["a.png", "b.png", "c.png"].map((source) => workers.run({ source, boxLists: [] }).catch((e) => e));
    for (const [i, error] of (await Promise.all(jobs)).entries()) {
      expect(error).toBeInstanceOf(DataError);
      expect((error as DataError).parts.where).toBe(`${"abc"[i]}.png`);
    }
  });

  it("does more jobs than it has threads, and those it was told before it ends", async () => {
    const workers = pool(2);
    const names = Array.from({ length: 20 }, (_, i) => `${i}.png`);
    const answers = names.map((source) => workers.run({ source, boxLists: [] }).catch((e: DataError) => e.parts.where));
    expect(await Promise.all(answers)).toEqual(names);
    const last = workers.run({ source: "last.png", boxLists: [] }).catch((e: DataError) => e.parts.where);
    await workers[Symbol.asyncDispose]();
    expect(await last).toBe("last.png");
  });

  it("gives any other error back as what it is: a bug", async () => {
    await using workers = pool(1);
    await expect(workers.run({})).rejects.toThrow(/Error/);
    await expect(workers.run({})).rejects.not.toBeInstanceOf(DataError);
  });
});
