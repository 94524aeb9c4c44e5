/** How far a submitted cell is: from its files first, then from Slurm, then from what its task last wrote. */
import { phaseOf, type QueueEntry } from "./queue.ts";

/** What a task says of itself: written when it starts, and again when it ends by itself. */
export interface TaskRecord {
  readonly job: string;
  readonly pid: number;
  readonly host: string;
  readonly state: "running" | "done" | "failed";
  /** What went wrong. */
  readonly reason?: string | undefined;
}

export interface CellStatus {
  readonly state: "done" | "running" | "waiting" | "failed";
  readonly reason: string;
}

export interface KnownOfCell {
  /** Its files are there. */
  readonly isDone: boolean;
  /** Whether squeue answered: then a task that it does not know is over. */
  readonly hasQueue: boolean;
  /** What squeue says, or sacct. */
  readonly entry?: QueueEntry | undefined;
  readonly record?: TaskRecord | undefined;
  /** Of the job that the task waits for. */
  readonly features?: TaskRecord | undefined;
  /** Name of the task's log. */
  readonly log: string;
}

function failure({ entry, record, features, log }: KnownOfCell): CellStatus {
  const slurm = entry === undefined || entry.state === "COMPLETED" ? [] : [`Slurm: ${entry.state}`];
  const failed = (words: string): CellStatus => ({ state: "failed", reason: [words, ...slurm].join("; ") });
  if (record?.state === "failed") return failed(`${record.reason ?? "no reason given"} (${log})`);
  if (record !== undefined) return failed(`ended without a word on ${record.host} (${log})`);
  if (features?.state === "failed") return failed(`no features: ${features.reason ?? "no reason given"}`);
  return failed("ended before it started");
}

export function statusOf(known: KnownOfCell): CellStatus {
  const { isDone, hasQueue, entry, record } = known;
  if (isDone) return { state: "done", reason: "" };
  const phase = entry === undefined ? undefined : phaseOf(entry);
  if (phase === "waiting") return { state: "waiting", reason: entry?.reason ?? "" };
  if (phase === "running") return { state: "running", reason: record === undefined ? "" : `on ${record.host}` };
  if (phase === "ended" || hasQueue) return failure(known);
  // Without Slurm the last word of the task is all there is.
  if (record === undefined) return { state: "waiting", reason: "as far as the files say" };
  if (record.state === "running") return { state: "running", reason: `on ${record.host}, as far as the files say` };
  return failure(known);
}
