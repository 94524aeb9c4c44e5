import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { declareOver, lock } from "./lock.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "lock-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const at = (name: string) => join(dir, name);
const put = (name: string, holder: unknown) => writeFile(at(name), JSON.stringify(holder));
/** The number of a process that has ended. */
const ended = () => spawnSync(process.execPath, ["-e", ""]).pid;

it("is held until it is disposed, and names its process", async () => {
  {
    await using _ = await lock(at("a"), "The folder");
    expect(JSON.parse(await readFile(at("a"), "utf8"))).toEqual({ pid: process.pid, host: hostname() });
    await expect(lock(at("a"), "The folder")).rejects.toThrow(/The folder is in use by another process/);
  }
  await using _ = await lock(at("a"), "The folder");
});

it.each([
  ["a process that lives", () => ({ pid: process.ppid, host: hostname() })],
  ["a process of another machine", () => ({ pid: ended(), host: "elsewhere" })],
])("is refused when held by %s", async (_, holder) => {
  await put("b", holder());
  await expect(lock(at("b"), "The folder")).rejects.toThrow(/process \d+ on/);
});

it.each<[string, () => unknown]>([
  ["a process that has ended", () => ({ pid: ended(), host: hostname() })],
  ["an earlier process with our number", () => ({ pid: process.pid, host: hostname() })],
  ["nobody: the file is cut off", () => "{"],
])("is taken over from %s", async (_, holder) => {
  await put("c", holder());
  await using _lock = await lock(at("c"), "The folder");
  expect(JSON.parse(await readFile(at("c"), "utf8"))).toMatchObject({ pid: process.pid });
  expect((await readdir(dir)).filter((name) => name.includes(".tmp-"))).toEqual([]);
});

it("is given to one of many that find a stale one", async () => {
  await put("d", { pid: ended(), host: hostname() });
  const claims = await Promise.allSettled(Array.from({ length: 8 }, () => lock(at("d"), "The folder")));
  const given = claims.filter(({ status }) => status === "fulfilled") as PromiseFulfilledResult<AsyncDisposable>[];
  expect(given).toHaveLength(1);
  await given[0]!.value[Symbol.asyncDispose]();
});

it("is taken over from a process of another machine that somebody knows to be over, and from no other there", async () => {
  await put("e", { pid: 12, host: "lost-node" });
  declareOver([{ pid: 12, host: "lost-node" }]);
  {
    await using _ = await lock(at("e"), "The folder");
    expect(JSON.parse(await readFile(at("e"), "utf8"))).toMatchObject({ pid: process.pid });
  }
  await put("e", { pid: 13, host: "lost-node" });
  await expect(lock(at("e"), "The folder")).rejects.toThrow(/process 13 on lost-node/);
});

it("knows when another process has taken over, and leaves that one's lock alone", async () => {
  {
    await using held = await lock(at("f"), "The run folder");
    expect(await held.write(async () => "written")).toBe("written");
    const full = new Error("no room");
    await expect(held.write(() => Promise.reject(full))).rejects.toBe(full);
    // Asleep in the middle of a write, it finds its half-written file cleared away.
    const interrupted = held.write(async () => {
      await put("f", { pid: 14, host: "elsewhere" });
      throw new Error("ENOENT");
    });
    await expect(interrupted).rejects.toThrow(/The run folder was taken over by another process/);
    const late = vi.fn();
    await expect(held.write(late)).rejects.toThrow(/The run folder was taken over by another process/);
    expect(late).not.toHaveBeenCalled();
  }
  expect(JSON.parse(await readFile(at("f"), "utf8"))).toEqual({ pid: 14, host: "elsewhere" });
});
