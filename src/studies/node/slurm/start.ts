/** One start of a part of a submission: said in its folder, and free to take the locks of starts that are over. */
import { hostname } from "node:os";
import { InterruptedError, RegionFormerError } from "../../../base/errors.ts";
import { declareOver } from "../../../base/node/lock.ts";
import { isLive, type Queue } from "../../slurm/queue.ts";
import type { Start } from "../../slurm/status.ts";
import { type Part, type Submission, submissionsOf, submittedStudies } from "./submission.ts";

/** Of the array's task, or of a job that is none; nothing where a person runs it without Slurm. */
function ownJob(): string | undefined {
  const { SLURM_ARRAY_JOB_ID, SLURM_ARRAY_TASK_ID, SLURM_JOB_ID } = process.env;
  return SLURM_ARRAY_JOB_ID === undefined ? SLURM_JOB_ID : `${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}`;
}

const byHand = "no job of Slurm";

/** Starts of a folder's jobs that are over, as its queue says; of what people run by hand nothing is known. */
export async function startsThatAreOver(out: string, queue: Queue): Promise<Start[]> {
  const starts: Start[] = [];
  for (const study of await submittedStudies(out)) {
    for (const submission of await submissionsOf(out, study)) {
      for (const { job, pid, host, earlier } of await submission.records()) {
        starts.push(...earlier);
        if (job !== byHand && !isLive(queue, job)) starts.push({ pid, host });
      }
    }
  }
  return starts;
}

function reasonOf(error: unknown): string {
  if (error instanceof InterruptedError) return "interrupted";
  if (!(error instanceof RegionFormerError)) return "a bug of the program, see the log";
  const { what, parts } = error;
  return [what, parts.where, parts.found].filter((part) => part !== undefined).join(" ");
}

/**
 * Does a part's work. Slurm starts a job again only when it gave up the start before: on a node that is lost that
 * process may live, but its locks are no longer its own.
 * @throws whatever the work throws; the submission's folder then says why it failed
 */
export async function startPart<T>(submission: Submission, part: Part, work: () => Promise<T>): Promise<T> {
  const before = await submission.record(part);
  const job = ownJob() ?? byHand;
  const requeued = before?.job === job && Number(process.env.SLURM_RESTART_COUNT ?? 0) > 0;
  const earlier = [...(before?.earlier ?? []), ...(requeued ? [{ pid: before.pid, host: before.host }] : [])];
  declareOver([...submission.file.over, ...earlier]);
  const own = { job, pid: process.pid, host: hostname(), earlier };
  await submission.saveRecord(part, { ...own, state: "running" });
  /** The last word, unless the job was started again meanwhile. */
  const say = async (end: { state: "done" } | { state: "failed"; reason: string }) => {
    const last = await submission.record(part);
    if (last?.pid === own.pid && last.host === own.host) await submission.saveRecord(part, { ...own, ...end });
  };
  try {
    const result = await work();
    await say({ state: "done" });
    return result;
  } catch (error) {
    await say({ state: "failed", reason: reasonOf(error) });
    throw error;
  }
}
