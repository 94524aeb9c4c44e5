/** The paper's three studies in small: every cell, two seeds; killed at any moment they end with the same bytes. */
import { readdir } from "node:fs/promises";
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

/** Five percent of the rows must be a batch. */
const seeds = ["--seeds", "2", "--set", "batchSize=2"];

describe("the paper's three studies in one folder", () => {
  it("run every cell, each distinct training once", async () => {
    const names = ["grounding", "data-scale", "box-noise"];
    const counts: number[] = [];
    for (const name of names) {
      const { ran } = JSON.parse(await finish(tiny.study(name, "all", ...seeds))) as { ran: number };
      counts.push(ran);
    }
    // 3 modes; 5 parts of two modes; 5 levels on the training side, the test side being written by the same checkpoints.
    // Level 0 is done, but its checkpoint writes five more test sets.
    expect(counts).toEqual([6, 20, 12]);
    expect(await readdir(join(tiny.street.into("all"), "runs"))).toHaveLength(2 * (3 + 10 + 5));
    expect(await readdir(join(tiny.street.into("all"), "cells"))).toHaveLength(2 * (3 + 10 + 15));
    for (const name of names) {
      const files = Object.keys(await reportOf(join(tiny.street.into("all"), name)));
      for (const file of ["study.html", "results.json", "tables/table-1.tex"]) expect(files).toContain(file);
    }
  });
});

describe("a study that is killed", () => {
  const study = (out: string, ...more: string[]) => tiny.study("grounding", out, ...seeds, ...more);
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
