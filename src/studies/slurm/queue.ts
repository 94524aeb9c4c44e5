/** What Slurm says about jobs, read from the output of squeue and sacct. */

/** Slurm's own word for a state, such as PENDING or OUT_OF_MEMORY, and why, where it says so. */
export interface QueueEntry {
  readonly state: string;
  readonly reason?: string | undefined;
}

/** By `job` or `job_task`. */
export type Queue = ReadonlyMap<string, QueueEntry>;

/** An array's tasks one by one, ended ones too as long as Slurm remembers them. */
export const squeueArguments = ["--me", "--noheader", "--array", "--states=all", "--format=%F|%K|%T|%r"] as const;

/** @param jobs numbers of jobs */
export function sacctArguments(jobs: readonly string[]): readonly string[] {
  return [
    ...["--noheader", "--parsable2", "--allocations", "--array", "--format=JobID,State"],
    `--jobs=${jobs.join(",")}`,
  ];
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

export function parseSacct(text: string): Queue {
  const queue = new Map<string, QueueEntry>();
  for (const line of text.split("\n")) {
    const [job, words] = line.trim().split("|");
    // "CANCELLED by 1000" names whoever did it.
    if (job !== undefined && words !== undefined) queue.set(job, { state: words.split(" ")[0]! });
  }
  return queue;
}

const waiting = new Set(["PENDING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT"]);
const running = new Set([
  ...["RUNNING", "COMPLETING", "CONFIGURING", "STAGE_OUT", "SUSPENDED", "STOPPED", "SIGNALING", "RESIZING"],
]);

/** What a state means: in the queue, at work, or over. */
export function phaseOf({ state }: QueueEntry): "waiting" | "running" | "ended" {
  if (waiting.has(state)) return "waiting";
  return running.has(state) ? "running" : "ended";
}
