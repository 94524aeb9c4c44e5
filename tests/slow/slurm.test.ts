/** A study on a real Slurm of two nodes: submitted, a task killed, submitted again, the same tables as without Slurm. */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startProgram } from "../support/child-program.ts";
import { type SlurmCluster, startSlurm, whyNoSlurm } from "../support/slurm-cluster.ts";
import { reportOf, type TinyStudies, tinyStudies } from "../support/tiny-study.ts";

const obstacle = whyNoSlurm();

interface Submitted {
  readonly dir: string;
  readonly tasks: number;
  readonly done: number;
  readonly queued: number;
  readonly jobs?: Record<"features" | "cells" | "tables", string>;
}

interface Status {
  readonly studies: readonly {
    readonly cells: readonly { cell: string; seed: number; state: string; reason: string }[];
  }[];
}

describe.skipIf(obstacle !== undefined)(
  `a study on Slurm${obstacle === undefined ? "" : ` (skipped: ${obstacle})`}`,
  () => {
    let tiny: TinyStudies;
    let slurm: SlurmCluster;
    beforeAll(async () => {
      tiny = await tinyStudies(16);
      slurm = await startSlurm();
    });
    afterAll(async () => {
      await slurm?.[Symbol.asyncDispose]();
      await tiny?.[Symbol.asyncDispose]();
    });

    async function call<T>(...argv: string[]): Promise<T> {
      const { exitCode, stdout, stderr } = await startProgram([...argv, "--json"], { SLURM_CONF: slurm.configPath })
        .ended;
      expect(exitCode, `${stderr}\n${stdout}`).toBe(0);
      return JSON.parse(stdout) as T;
    }

    const chosen = ["--seeds", "1", "--only", "mode=image,image+mask"];
    /** Long enough for a task to be killed in the middle. */
    const epochs = ["--set", "epochs=40"];
    const submit = () => {
      const [, name, ...rest] = tiny.study("grounding", "cluster", ...chosen, ...epochs);
      return call<Submitted>("study", "submit", name!, "--engine", "slurm", "--cpus-per-task", "1", ...rest);
    };
    const status = async () => (await call<Status>("study", "status", tiny.street.into("cluster"))).studies[0]!.cells;
    const until = async (isSo: () => Promise<boolean>) => {
      for (let i = 0; !(await isSo()); i++) {
        if (i === 400) throw new Error(`Slurm does not come there.\n${await slurm.logs()}`);
        await setTimeout(100);
      }
    };
    const queued = async () => (await slurm.tell("squeue", "-h", "-r", "-o", "%F %K %T")).trim();

    it("is submitted, killed in part, submitted again, and ends with the tables of an ordinary run", async () => {
      const first = await submit();
      expect(first).toMatchObject({ tasks: 2, done: 0, queued: 0 });
      const { cells } = first.jobs!;
      // Everything is in the queue: nothing to submit a second time.
      expect(await submit()).toMatchObject({ tasks: 0, queued: 2 });

      await until(async () => (await queued()).includes(`${cells} 1 RUNNING`));
      // In the middle of its training.
      const log = async () => {
        const runs = await readdir(join(tiny.street.into("cluster"), "runs")).catch(() => []);
        const run = runs.find((each) => each.startsWith("image-mask_"));
        return run !== undefined && existsSync(join(tiny.street.into("cluster"), "runs", run, "log.jsonl"));
      };
      await until(log);
      await slurm.tell("scancel", "--signal=KILL", "--full", `${cells}_1`);
      await until(async () => (await queued()) === "");

      const killed = await status();
      expect(killed.map(({ state }) => state)).toEqual(["done", "failed"]);
      expect(killed[1]).toMatchObject({ cell: "image+mask", seed: 0 });
      expect(killed[1]!.reason).toMatch(/ended without a word on .*cells-1\.log.*Slurm: \w+/);
      // The tables were made of what was there, and say what was not.
      const table = () => readFile(join(tiny.street.into("cluster"), "grounding", "tables", "table-1.md"), "utf8");
      expect(await table()).toMatch(/Not finished, and left out.*image\+mask, seed 0/);

      const second = await submit();
      expect(second).toMatchObject({ tasks: 1, done: 1, queued: 0 });
      await until(async () => (await queued()) === "");
      expect((await status()).map(({ state }) => state)).toEqual(["done", "done"]);
      expect(await submit()).toMatchObject({ tasks: 0, done: 2 });

      await call(...tiny.study("grounding", "ordinary", ...chosen, ...epochs, "--jobs", "1"));
      const report = (out: string) => reportOf(join(tiny.street.into(out), "grounding"));
      expect(await report("cluster")).toEqual(await report("ordinary"));
    });

    it("says in Slurm's words why a job was refused", async () => {
      const [, name, ...rest] = tiny.study("grounding", "refused", ...chosen);
      const argv = ["study", "submit", name!, "--partition", "nowhere", ...rest];
      const { exitCode, stderr } = await startProgram(argv, { SLURM_CONF: slurm.configPath }).ended;
      expect(exitCode).toBe(3);
      expect(stderr).toMatch(/Slurm refused a job[\s\S]*invalid partition[\s\S]*Change --partition/i);
    });
  },
);
