/** What a cluster does to jobs: lost nodes, requeues, limits of time and memory, scancel; and what a study makes of it. */
import { existsSync } from "node:fs";
import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { whyNoAccounts } from "../support/slurm-accounts.ts";
import { type SlurmCluster, startSlurm, whyNoMemoryLimits, whyNoSlurm } from "../support/slurm-cluster.ts";
import { SlurmStudy } from "../support/slurm-study.ts";
import { reportOf, type TinyStudies, tinyStudies } from "../support/tiny-study.ts";

const obstacle = whyNoSlurm();
const noAccounts = obstacle ?? whyNoAccounts();
const noLimits = obstacle ?? whyNoMemoryLimits();
const named = (name: string, reason: string | undefined) =>
  `${name}${reason === undefined ? "" : ` (skipped: ${reason})`}`;

function isOver(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

describe.skipIf(obstacle !== undefined)(named("jobs of a study that Slurm ends", obstacle), () => {
  let tiny: TinyStudies;
  let slurm: SlurmCluster;
  beforeAll(async () => {
    tiny = await tinyStudies(16);
    slurm = await startSlurm({ hasAccounts: noAccounts === undefined, limitsMemory: noLimits === undefined });
  });
  afterAll(async () => {
    await slurm?.[Symbol.asyncDispose]();
    await tiny?.[Symbol.asyncDispose]();
  });

  const open = (name: string, modes: string, epochs: number) =>
    new SlurmStudy(slurm, tiny, name, "--seeds", "1", "--only", `mode=${modes}`, "--set", `epochs=${epochs}`);
  /** Without the wait that Slurm puts before a job that it starts again. */
  const startNow = (job: string) => slurm.tell("scontrol", "update", `jobid=${job}`, "StartTime=now").catch(() => "");

  const ended = () => open("ended", "image,image+mask,mask", 60);
  const isEnded = async () => {
    const { cells, tables } = await ended().status();
    expect(cells.map(({ state, reason }) => `${state} ${reason}`)).toEqual([
      "failed interrupted (cells-0.log); Slurm: TIMEOUT, --time gives it longer",
      "failed interrupted (cells-1.log); Slurm: CANCELLED",
      "failed ended before it started; Slurm: CANCELLED",
    ]);
    expect(tables.reason).toMatch(/No cell of the study is finished.*Slurm: FAILED/);
  };

  it("say why they ended, and leave no lock", async () => {
    const study = ended();
    const { cells } = (await study.submit()).jobs!;
    await slurm.tell("scontrol", "hold", `${cells}_2`);
    await Promise.all([study.freeze("image"), study.freeze("image-mask")]);
    await slurm.tell("scancel", `${cells}_2`);
    // The limit of a minute, which is Slurm's least, without the minute.
    await slurm.tell("scontrol", "update", `jobid=${cells}_0`, "EndTime=now");
    await slurm.tell("scancel", `${cells}_1`);
    await study.untilAllEnded();
    await isEnded();
    for (const mode of ["image", "image-mask"]) {
      expect(existsSync(join((await study.run(mode))!, "train.lock"))).toBe(false);
    }
  });

  it("that need features end with them, and are mended by the next submission", async () => {
    const study = open("features", "image,image+mask", 2);
    const { jobs } = await study.submit("--sbatch-option", "hold");
    const all = Object.values(jobs!);
    const held = await study.status();
    expect(held.cells.map(({ state }) => state)).toEqual(["waiting", "waiting"]);
    const weights = join(tiny.street.into("clip"), "model.safetensors");
    await rename(weights, `${weights}.gone`);
    await slurm.tell("scontrol", "release", all.join(","));
    // The array, which can never start, does not stay in the queue.
    await study.untilAllEnded();
    await rename(`${weights}.gone`, weights);
    const { cells, tables } = await study.status();
    for (const { state, reason } of cells) {
      expect(state).toBe("failed");
      expect(reason).toMatch(/^no features: .*model\.safetensors.* \(features\.log\); Slurm: FAILED$/);
    }
    expect(tables.state).toBe("failed");

    expect(await study.submit()).toMatchObject({ tasks: 2, done: 0, queued: 0 });
    await study.untilAllEnded();
    expect((await study.status()).cells.map(({ state }) => state)).toEqual(["done", "done"]);
  });

  it.skipIf(noLimits !== undefined)(named("out of memory say so, and are mended by more", noLimits), async () => {
    const study = open("memory", "image", 2);
    await study.submit("--mem", "100M");
    await study.untilAllEnded();
    const [cell] = (await study.status()).cells;
    expect(cell!.reason).toMatch(
      /^no features: ended without a word on \S+ \(features\.log\); Slurm: OUT_OF_MEMORY, --mem gives it more$/,
    );
    expect(await study.submit("--mem", "900M")).toMatchObject({ tasks: 1, done: 0, queued: 0 });
    await study.untilAllEnded();
    const mended = await study.status();
    expect([mended.cells[0]!.state, mended.tables.state]).toEqual(["done", "done"]);
  });

  it("go on after a requeue and on another node, while the process on the lost node still lives", async () => {
    const study = open("requeued", "image,image+mask", 60);
    const { cells } = (await study.submit()).jobs!;
    // The second hangs, as a machine without its network, and wakes when another has done its work.
    const [requeued, lost] = await Promise.all([study.freeze("image"), study.freeze("image-mask")]);
    await slurm.tell("scontrol", "requeue", `${cells}_0`);
    await study.until(async () => isOver(requeued));
    const node = (await slurm.tell("squeue", "-h", "-r", "-j", `${cells}_1`, "-o", "%N")).trim();
    await slurm.loseNode(node);
    await study.until(async () => {
      for (const task of [0, 1]) await startNow(`${cells}_${task}`);
      return (await study.queued()) === "";
    });
    process.kill(lost, "SIGCONT");
    await study.until(async () => isOver(lost));
    await slurm.returnNode(node);

    const { cells: status, tables } = await study.status();
    expect(status.map(({ state }) => state)).toEqual(["done", "done"]);
    expect(tables.state).toBe("done");
    // Slurm's signal was heard: what was trained is not trained again.
    expect(await study.log("001", "cells-0.log")).toMatch(/asked to by SIGTERM[\s\S]*continuing after step/);
    expect(await study.log("001", "cells-1.log")).toMatch(/The run folder was taken over by another process/);
    for (const mode of ["image", "image-mask"]) {
      const lines = (await readFile(join((await study.run(mode))!, "log.jsonl"), "utf8")).trim().split("\n");
      const steps = lines.map((line) => JSON.parse(line) as { step: number; loss?: number });
      const trained = steps.filter(({ loss }) => loss !== undefined).map(({ step }) => step);
      expect(trained).toEqual(trained.map((_, i) => i + 1));
    }
    await study.runOrdinary("not-requeued");
    const report = (out: string) => reportOf(join(tiny.street.into(out), "grounding"));
    expect(await report("requeued")).toEqual(await report("not-requeued"));
  });

  it.skipIf(noAccounts !== undefined)(
    named("are known from the accounts once squeue forgot them", noAccounts),
    async () => {
      const jobs = JSON.parse(await ended().read("slurm", "grounding", "001", "jobs.json")) as Record<string, string>;
      // Slurm forgets once a minute.
      await ended().until(async () => {
        const all = (await slurm.tell("squeue", "-h", "-r", "--states=all", "-o", "%F")).split("\n");
        return Object.values(jobs).every((job) => !all.includes(job));
      });
      await isEnded();
    },
  );

  it("go on when they are submitted again", async () => {
    const study = ended();
    expect(await study.submit()).toMatchObject({ tasks: 3, done: 0, queued: 0 });
    await study.untilAllEnded();
    expect((await study.status()).cells.map(({ state }) => state)).toEqual(["done", "done", "done"]);
    for (const task of [0, 1]) expect(await study.log("002", `cells-${task}.log`)).toMatch(/continuing after step/);
  });
});
