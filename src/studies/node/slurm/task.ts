/** What a job of the cluster does: features, or one training and what it writes. */
import { readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { InterruptedError, RegionFormerError, UsageError } from "../../../base/errors.ts";
import { parseJsonObject } from "../../../base/json.ts";
import { lock } from "../../../base/node/lock.ts";
import type { Reporter } from "../../../base/reporter.ts";
import { openDevice } from "../../../runtime/node/index.ts";
import { Run } from "../../../train/node/index.ts";
import type { TaskRecord } from "../../slurm/status.ts";
import { StudyFolder } from "../folder.ts";
import { writeManifest } from "../manifest.ts";
import type { PlannedTraining } from "../plan.ts";
import { prepareStudy, reopenStudy } from "../prepare.ts";
import { checkRows, manifestWith } from "../run-study.ts";
import { isCellDone, runTraining } from "../run-training.ts";
import { type Submission, submissionsOf } from "./submission.ts";

/** Of the array's task, or of a job that is none; a word where a person runs a task without Slurm. */
function ownJob(): string {
  const { SLURM_ARRAY_JOB_ID, SLURM_ARRAY_TASK_ID, SLURM_JOB_ID } = process.env;
  return SLURM_ARRAY_JOB_ID === undefined
    ? (SLURM_JOB_ID ?? "no job of Slurm")
    : `${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}`;
}

/**
 * Removes a lock whose holder is known to be over: a killed task on another machine leaves one that nobody else could
 * judge. A task starts only when its earlier start is over, and is submitted again only when Slurm says so.
 */
export async function releaseLock(path: string, over: readonly TaskRecord[]): Promise<void> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  const holder = text === undefined ? undefined : parseJsonObject(text);
  if (holder === undefined) return;
  if (over.some(({ pid, host }) => pid === holder.pid && host === holder.host)) await rm(path, { force: true });
}

/** Earlier starts of the same work: of this task, and of the tasks that had any of its cells. */
async function earlierRecords(submission: Submission, part: number | "features"): Promise<TaskRecord[]> {
  const { request, study, uses } = submission.file;
  const own = new Set(uses.filter(({ task }) => task === part).map(({ place, seed }) => JSON.stringify([place, seed])));
  const records: TaskRecord[] = [];
  for (const before of await submissionsOf(request.out, study)) {
    if (before.dir > submission.dir) break;
    const tasks = before.file.uses.filter(({ place, seed }) => own.has(JSON.stringify([place, seed])));
    const parts = part === "features" ? ["features" as const] : new Set(tasks.flatMap(({ task }) => task ?? []));
    for (const each of parts) {
      const record = await before.record(each);
      if (record !== undefined) records.push(record);
    }
  }
  return records;
}

async function makeFeatures({ file }: Submission, over: readonly TaskRecord[], reporter: Reporter): Promise<void> {
  const folder = new StudyFolder(file.request.out);
  await releaseLock(folder.lockPath, over);
  await using _ = await lock(folder.lockPath, "The folder of studies");
  const prepared = await prepareStudy(file.request, await openDevice(file.engine, reporter), reporter);
  checkRows(prepared);
  await writeManifest(folder.manifestPath, await manifestWith(prepared.manifest, prepared));
}

async function train({ file }: Submission, task: number, over: readonly TaskRecord[], reporter: Reporter) {
  const runtime = await openDevice(file.engine, reporter);
  const { plan, folder, features } = await reopenStudy(file.request, reporter);
  const isOwn = (use: (typeof plan.uses)[number]) =>
    file.uses.some(
      ({ place, seed, task: of }) =>
        of === task && seed === use.seed && Object.entries(use.place).every(([axis, value]) => place[axis] === value),
    );
  const trainings = new Set<PlannedTraining>(plan.uses.filter(isOwn).map(({ cell }) => cell.training));
  for (const training of trainings) {
    await releaseLock(new Run(folder.runPath(training.folder)).lockPath, over);
    const open = [];
    for (const cell of training.cells) if (!(await isCellDone(folder, cell))) open.push(cell);
    reporter.log.info(`${training.folder}: ${open.length} of ${training.cells.length} cells to write`);
    await runTraining(folder, training, open, features.get(training.features)!, runtime, reporter);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof InterruptedError) return "interrupted";
  if (!(error instanceof RegionFormerError)) return "a bug of the program, see the log";
  const { what, parts } = error;
  return [what, parts.where, parts.found].filter((part) => part !== undefined).join(" ");
}

/**
 * @param part `features`, or the number of a task
 * @throws whatever the work throws; the submission's folder then says why it failed
 */
export async function runTask(submission: Submission, part: number | "features", reporter: Reporter): Promise<void> {
  const { uses } = submission.file;
  if (part !== "features" && !uses.some(({ task }) => task === part)) {
    const tasks = Math.max(-1, ...uses.flatMap(({ task }) => task ?? []));
    throw new UsageError("The submission has no such task.", {
      where: submission.dir,
      expected: `features, or 0 to ${tasks}`,
      found: String(part),
    });
  }
  const over = await earlierRecords(submission, part);
  const own = { job: ownJob(), pid: process.pid, host: hostname() };
  await submission.saveRecord(part, { ...own, state: "running" });
  try {
    await (part === "features" ? makeFeatures(submission, over, reporter) : train(submission, part, over, reporter));
  } catch (error) {
    await submission.saveRecord(part, { ...own, state: "failed", reason: reasonOf(error) });
    throw error;
  }
  await submission.saveRecord(part, { ...own, state: "done" });
}
