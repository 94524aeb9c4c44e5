/** How far a submitted cell is: from its files first, then from Slurm, then from what its task last wrote. */
import { phaseOf, type QueueEntry } from "./queue.ts";

/** A process of a task, as its locks name it. */
export interface Start {
  readonly pid: number;
  readonly host: string;
}

/** What a task says of itself: written when it starts, and again when it ends by itself. */
export interface TaskRecord extends Start {
  readonly job: string;
  readonly state: "running" | "done" | "failed";
  /** What went wrong. */
  readonly reason?: string | undefined;
  /** Starts of the same job before this one: it was requeued. */
  readonly earlier: readonly Start[];
}

export interface CellStatus {
  readonly state: "done" | "running" | "waiting" | "failed";
  readonly reason: string;
}

/** What is known of a job or a task of an array. */
export interface KnownOfJob {
  /** What squeue says, or sacct. */
  readonly entry?: QueueEntry | undefined;
  readonly record?: TaskRecord | undefined;
  /** Name of its log. */
  readonly log: string;
}

export interface KnownOfCell extends KnownOfJob {
  /** Its files are there. */
  readonly isDone: boolean;
  /** Whether squeue answered: then a task that it does not know is over. */
  readonly hasQueue: boolean;
  /** Of the job that the task waits for. */
  readonly features?: KnownOfJob | undefined;
}

/** What a person can do about an end that Slurm decided. */
const advice: Readonly<Record<string, string>> = {
  TIMEOUT: "TIMEOUT, --time gives it longer",
  OUT_OF_MEMORY: "OUT_OF_MEMORY, --mem gives it more",
};

/** Why a job that is over left its work undone. */
function endOf({ entry, record, log }: KnownOfJob): string {
  const said = {
    failed: `${record?.reason ?? "no reason given"} (${log})`,
    running: `ended without a word on ${record?.host} (${log})`,
    done: `was done on ${record?.host}, but its files are not there (${log})`,
  };
  const words = record === undefined ? "ended before it started" : said[record.state];
  if (entry === undefined || entry.state === "COMPLETED") return words;
  return `${words}; Slurm: ${advice[entry.state] ?? entry.state}`;
}

/** Whether a job is over without what it was to make. */
function isLost({ entry, record }: KnownOfJob): boolean {
  return record?.state !== "done" && (entry === undefined || phaseOf(entry) === "ended");
}

function failure(known: KnownOfCell): CellStatus {
  const { record, features } = known;
  const waitedInVain = record === undefined && features !== undefined && isLost(features);
  return { state: "failed", reason: waitedInVain ? `no features: ${endOf(features)}` : endOf(known) };
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
