/** A study in small: killed at any moment it ends with the same bytes. */
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.ts";
import { startProgram } from "../support/child-program.ts";
import { removeFolder, reportOf, type TinyStudies, tinyStudies } from "../support/tiny-study.ts";

let tiny: TinyStudies;
beforeAll(async () => {
  tiny = await tinyStudies(40);
});
afterAll(() => tiny[Symbol.asyncDispose]());

async function finish(argv: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await startProgram([...argv, "--json"]).ended;
  expect(exitCode, stderr).toBe(0);
  return stdout;
}

const small = ["--seeds", "2", "--set", "batchSize=2"];

describe("a study that is killed", () => {
  const study = (out: string, ...more: string[]) => tiny.study("grounding", out, ...small, ...more);
  const report = (out: string) => reportOf(join(tiny.street.into(out), "grounding"));
  let whole: Record<string, string>;
  let milliseconds: number;

  beforeAll(async () => {
    const started = performance.now();
    await finish(study("whole", "--jobs", "1"));
    milliseconds = performance.now() - started;
    whole = await report("whole");
  });

  it("again and again ends with the same tables, figures and page", async () => {
    const random = Random.named(1, "kills of a study");
    for (let i = 0; i < 5; i++) {
      const { child, ended } = startProgram(study("killed", "--jobs", "1"));
      await setTimeout(random.between(0.2, 0.6) * milliseconds);
      child.kill("SIGKILL");
      await ended;
    }
    await finish(study("killed", "--jobs", "1"));
    expect(await report("killed")).toEqual(whole);
    await removeFolder(tiny.street.into("killed"));
  });

  it("while two processes train for it ends with the same files", async () => {
    const { child, ended } = startProgram(study("two", "--jobs", "2"));
    await setTimeout(0.5 * milliseconds);
    child.kill("SIGKILL");
    await ended;
    await finish(study("two", "--jobs", "2"));
    expect(await report("two")).toEqual(whole);
  });

  it("by Ctrl-C says so, keeps what is finished and goes on", async () => {
    const { child, ended } = startProgram(study("interrupted", "--jobs", "2"));
    await setTimeout(0.6 * milliseconds);
    child.kill("SIGINT");
    const { exitCode, stderr } = await ended;
    expect(exitCode, stderr).toBe(130);
    await finish(study("interrupted", "--jobs", "1"));
    expect(await report("interrupted")).toEqual(whole);
  });
});
