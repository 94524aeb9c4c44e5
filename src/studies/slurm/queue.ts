/** What Slurm says about jobs, read from the output of squeue and sacct. */

/** Slurm's own word for a state, such as PENDING or OUT_OF_MEMORY, and why, where it says so. */
export interface QueueEntry {
  readonly state: string;
  readonly reason?: string | undefined;
}

/** By `job` or `job_task`. */
export type Queue = ReadonlyMap<string, QueueEntry>;

/** Everybody's jobs: who shares a folder shares its jobs. Arrays task by task; ended ones as long as Slurm remembers. */
export const squeueArguments = ["--noheader", "--array", "--states=all", "--format=%F|%K|%T|%r"] as const;

/** @param jobs numbers of jobs */
export function sacctArguments(jobs: readonly string[]): readonly string[] {
  // Slurm 22.05 knows no --array here.
  return ["--noheader", "--parsable2", "--allocations", "--format=JobID,State", `--jobs=${jobs.join(",")}`];
}

export function jobKey(job: string, task?: number): string {
  return task === undefined ? job : `${job}_${task}`;
}

export function parseSqueue(text: string): Queue {
  const queue = new Map<string, QueueEntry>();
  for (const line of text.split("\n")) {
    const [job, task, state, reason] = line.trim().split("|");
    if (job === undefined || task === undefined || state === undefined) continue;
    const isTask = /^\d+$/.test(task);
    queue.set(isTask ? `${job}_${task}` : job, { state, reason: reason === "None" ? undefined : reason });
  }
  return queue;
}

/** Tasks of `7_[0-3,9%2]`, which share a line while none of them has started; of any other job its own name. */
function tasksOf(job: string): readonly string[] {
  const [, array, list] = /^(\d+)_\[([\d,-]+)(?:%\d+)?\]$/.exec(job) ?? [];
  if (array === undefined || list === undefined) return [job];
  return list.split(",").flatMap((range) => {
    const [first, last = first] = range.split("-").map(Number);
    return Array.from({ length: last! - first! + 1 }, (_, i) => jobKey(array, first! + i));
  });
}

export function parseSacct(text: string): Queue {
  const queue = new Map<string, QueueEntry>();
  for (const line of text.split("\n")) {
    const [job, words] = line.trim().split("|");
    if (job === undefined || words === undefined) continue;
    // "CANCELLED by 1000" names whoever did it.
    for (const task of tasksOf(job)) queue.set(task, { state: words.split(" ")[0]! });
  }
  return queue;
}

const waiting = new Set(["PENDING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT"]);
const ended = new Set([
  ...["BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "LAUNCH_FAILED", "NODE_FAIL", "OUT_OF_MEMORY"],
  ...["PREEMPTED", "RECONFIG_FAIL", "REVOKED", "TIMEOUT"],
]);

/** What a state means: in the queue, at work, or over. A word that we do not know must not start a task twice: at work. */
export function phaseOf({ state }: QueueEntry): "waiting" | "running" | "ended" {
  if (waiting.has(state)) return "waiting";
  return ended.has(state) ? "ended" : "running";
}

/** Whether a job may still do something. */
export function isLive(queue: Queue, job: string | undefined): boolean {
  const entry = job === undefined ? undefined : queue.get(job);
  return entry !== undefined && phaseOf(entry) !== "ended";
}
