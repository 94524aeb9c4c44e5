/** kill -9 at 20 seeded moments of a small run, while it computes and while it writes: the end is always the same. */
import { readFile, rm } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.ts";
import { startProgram } from "../support/child-program.ts";
import { resultOf, type TinyStreet, tinyStreet } from "../support/tiny-street.ts";

describe("a training that is killed again and again", () => {
  let street: TinyStreet;
  let uninterrupted: Record<string, string>;
  let operations: number;
  let milliseconds: number;

  beforeAll(async () => {
    street = await tinyStreet();
    const started = performance.now();
    const { exitCode, stderr } = await startProgram(street.train("alone"), { COUNT_INTO: street.into("count") }).ended;
    milliseconds = performance.now() - started;
    expect(exitCode, stderr).toBe(0);
    uninterrupted = await resultOf(street.into("alone"));
    operations = Number(await readFile(street.into("count"), "utf8"));
  });
  afterAll(() => street[Symbol.asyncDispose]());

  async function finish(run: string): Promise<void> {
    const { exitCode, stderr } = await startProgram(street.train(run, "--resume")).ended;
    expect(exitCode, stderr).toBe(0);
    expect(await resultOf(street.into(run))).toEqual(uninterrupted);
    await rm(street.into(run), { recursive: true });
  }

  it("at 14 of its file operations ends with the same bytes", async () => {
    const random = Random.named(1, "kills");
    for (let i = 0; i < 14; i++) {
      const killAt = String(1 + random.integer(operations));
      const { signal } = await startProgram(street.train("killed"), { KILL_AT: killAt }).ended;
      expect(signal, `operation ${killAt}`).toBe("SIGKILL");
      await finish("killed");
    }
  });

  it("at 6 moments of its time, one after the other, ends with the same bytes", async () => {
    const random = Random.named(2, "kills");
    for (let i = 0; i < 6; i++) {
      const { child, ended } = startProgram(street.train("timed", "--resume"));
      await setTimeout(random.between(0.3, 1) * milliseconds);
      child.kill("SIGKILL");
      await ended;
    }
    await finish("timed");
  });
});
