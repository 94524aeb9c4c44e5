import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { DataError } from "../../../base/errors.ts";
import { lock } from "../../../base/node/lock.ts";
import { startPart, startsThatAreOver } from "./start.ts";
import { chosenStudies } from "./study-status.ts";
import { Submission, submittedStudies } from "./submission.ts";

let out: string;
let submission: Submission;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), "regionformer-start-"));
  const use = { place: { mode: "mask" }, seed: 0, label: "mask", task: 0 };
  submission = await Submission.create(join(out, "slurm", "s", "001"), {
    ...{ study: "s", key: "k", request: {} as never, engine: {} as never, metricModels: {}, over: [], uses: [use] },
  });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(out, { recursive: true });
});

function asTask(job: string, restarts?: string): void {
  vi.stubEnv("SLURM_RESTART_COUNT", restarts);
  vi.stubEnv("SLURM_ARRAY_JOB_ID", job);
  vi.stubEnv("SLURM_ARRAY_TASK_ID", "0");
}

const start = { pid: 12, state: "running", earlier: [] } as const;
const lockOf = async (host: string) => {
  const path = join(out, `${host}.lock`);
  await writeFile(path, JSON.stringify({ pid: 12, host }));
  return path;
};

it("a requeued task takes the locks of all its earlier starts, whatever machines they were on", async () => {
  asTask("7", "2");
  // The second start was killed before it came to the lock that the first had left.
  await submission.saveRecord(0, { ...start, job: "7_0", host: "b2", earlier: [{ pid: 12, host: "b1" }] });
  await startPart(submission, 0, async () => {
    for (const host of ["b1", "b2"]) {
      await using _ = await lock(await lockOf(host), "The run folder");
    }
    await expect(lock(await lockOf("b3"), "The run folder")).rejects.toThrow(/process 12 on b3/);
  });
  const { earlier, ...last } = (await submission.record(0))!;
  expect(last).toEqual({ job: "7_0", pid: process.pid, host: hostname(), state: "done" });
  expect(earlier).toEqual([
    { pid: 12, host: "b1" },
    { pid: 12, host: "b2" },
  ]);
});

it("a task that a person starts takes no lock of a job that may live", async () => {
  await submission.saveRecord(0, { ...start, job: "7_0", host: "c1" });
  const path = await lockOf("c1");
  await expect(startPart(submission, 0, () => lock(path, "The run folder"))).rejects.toThrow(/process 12 on c1/);
  expect(existsSync(path)).toBe(true);
});

it("says why it failed, but not over the word of a start that came after it", async () => {
  asTask("7");
  const fail = () => Promise.reject(new DataError("No room.", { where: "disk" }));
  await expect(startPart(submission, 0, fail)).rejects.toThrow("No room.");
  expect(await submission.record(0)).toMatchObject({ state: "failed", reason: "No room. disk" });

  const after = { ...start, job: "7_0", host: "d2" };
  const overtaken = () => submission.saveRecord(0, after).then(fail);
  await expect(startPart(submission, 0, overtaken)).rejects.toThrow("No room.");
  expect(await submission.record(0)).toEqual(after);
});

it("a later submission may take the locks of jobs that are over, not of those that live or run by hand", async () => {
  await submission.saveRecord("features", { ...start, job: "6", host: "over", earlier: [{ pid: 1, host: "before" }] });
  await submission.saveRecord(0, { ...start, job: "7_0", host: "live", earlier: [{ pid: 2, host: "requeued" }] });
  await submission.saveRecord("tables", { ...start, job: "no job of Slurm", host: "by hand" });
  expect(await submission.records()).toHaveLength(3);
  const queue = new Map([
    ["6", { state: "FAILED" }],
    ["7_0", { state: "RUNNING" }],
  ]);
  expect((await startsThatAreOver(out, queue)).map(({ host }) => host)).toEqual(["before", "over", "requeued"]);
});

it("a study whose first submission was refused was not submitted", async () => {
  await mkdir(join(out, "slurm", "refused"));
  expect(await submittedStudies(out)).toEqual(["s"]);
  await expect(chosenStudies(out, "refused")).rejects.toThrow(/study refused was submitted here[\s\S]*expected: s/);
});
