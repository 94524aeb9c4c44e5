/** A training that is killed, interrupted or started twice ends with the bytes of one that was left alone. */
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registry } from "../../src/cli/commands/index.ts";
import { captureCli } from "../support/capture-cli.ts";
import { startProgram } from "../support/child-program.ts";
import { resultOf, type TinyStreet, tinyStreet } from "../support/tiny-street.ts";

let street: TinyStreet;
let uninterrupted: Record<string, string>;
let operations: number;

beforeAll(async () => {
  street = await tinyStreet();
  const { exitCode, stderr } = await startProgram(street.train("alone"), { COUNT_INTO: street.into("count") }).ended;
  expect(exitCode, stderr).toBe(0);
  uninterrupted = await resultOf(street.into("alone"));
  operations = Number(await readFile(street.into("count"), "utf8"));
});
afterAll(() => street[Symbol.asyncDispose]());

describe("a training", () => {
  it("that is killed at several of its file operations is continued bit for bit", async () => {
    expect(operations).toBeGreaterThan(100);
    for (const [i, share] of [0.45, 0.5].entries()) {
      const argv = street.train("killed", "--resume");
      const { signal } = await startProgram(argv, { KILL_AT: String(Math.floor(operations * share) - 40 * i) }).ended;
      expect(signal).toBe("SIGKILL");
      expect(await readdir(street.into("killed"))).toContain("train.lock");
    }
    const { exitCode, stderr } = await captureCli(registry, street.train("killed", "--resume"));
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain("continuing after step");
    expect(await resultOf(street.into("killed"))).toEqual(uninterrupted);
    const left = await readdir(street.into("killed"), { recursive: true });
    expect(left.filter((name) => name.includes(".tmp-") || name.endsWith(".lock"))).toEqual([]);
  });

  it("that Ctrl-C stops finishes its step, saves, exits 130, and goes on with the next step", async () => {
    const controller = new AbortController();
    const run = street.into("stopped");
    const poll = setInterval(() => {
      void stat(join(run, "log.jsonl")).then(
        ({ size }) => size > 0 && controller.abort(),
        () => {},
      );
    }, 1);
    const { exitCode, stderr } = await captureCli(registry, street.train("stopped"), controller.signal);
    clearInterval(poll);
    expect(exitCode).toBe(130);
    expect(stderr).toContain("--resume");
    const again = await captureCli(registry, [...street.train("stopped", "--resume"), "--json"]);
    expect(again.exitCode, again.stderr).toBe(0);
    expect(await resultOf(run)).toEqual(uninterrupted);
  });

  it("that is finished is resumed without a step", async () => {
    const { exitCode, stdout } = await captureCli(registry, [...street.train("alone", "--resume"), "--json"]);
    expect(exitCode).toBe(0);
    expect((JSON.parse(stdout) as { epochs: unknown[] }).epochs).toHaveLength(3);
    expect(await resultOf(street.into("alone"))).toEqual(uninterrupted);
  });

  it.each([
    ["other options", ["--learning-rate", "0.002"], /begun with other options[\s\S]*learningRate: 0.001[\s\S]*0.002/],
    ["other rows", ["--data", "other"], /begun with other rows/],
  ])("is not resumed with %s", async (_, more, message) => {
    const argv = street.train("alone", "--resume");
    if (more[0] === "--data") argv[1] = await street.fewerStudies();
    else argv.push(...more);
    const { exitCode, stderr } = await captureCli(registry, argv);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });

  it("refuses a run folder in which another process works", async () => {
    await writeFile(join(street.into("alone"), "train.lock"), JSON.stringify({ pid: process.ppid, host: hostname() }));
    const { exitCode, stderr } = await captureCli(registry, street.train("alone", "--resume"));
    await rm(join(street.into("alone"), "train.lock"));
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/in use by another process[\s\S]*train\.lock/);
  });
});
