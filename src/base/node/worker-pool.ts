/** Worker threads that all do the same kind of job, each one job at a time. */
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { DataError } from "../errors.ts";
import type { WorkerAnswer } from "./answer-jobs.ts";

const require = createRequire(import.meta.url);

/**
 * Jobs that lie ready at a thread, the one it does included. Results wait for the main thread, which an engine may hold for
 * a second; meanwhile a thread goes on with what it has.
 */
const jobsAtThread = 3;

interface Waiting<Job, Result> {
  readonly job: Job;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** One thread and the jobs it was told, in the order of its answers. */
class Thread<Job, Result> {
  readonly worker: Worker;
  readonly told: Waiting<Job, Result>[] = [];

  /** @param onAnswer called after each answer */
  constructor(file: string, settings: unknown, onAnswer: () => void) {
    this.worker = new Worker(file, { workerData: settings });
    this.worker.on("message", (answer: WorkerAnswer<Result>) => {
      const { resolve, reject } = this.told.shift()!;
      if ("result" in answer) resolve(answer.result);
      else if ("refusal" in answer) reject(new DataError(answer.refusal.what, answer.refusal.parts));
      else reject(new Error(answer.bug));
      onAnswer();
    });
    this.worker.on("error", (error) => {
      for (const { reject } of this.told.splice(0)) reject(error);
      onAnswer();
    });
  }

  tell(waiting: Waiting<Job, Result>): void {
    this.told.push(waiting);
    this.worker.postMessage(waiting.job);
  }
}

export class WorkerPool<Job, Result> implements AsyncDisposable {
  readonly #threads: readonly Thread<Job, Result>[];
  readonly #waiting: Waiting<Job, Result>[] = [];
  #onQuiet: (() => void) | undefined;

  /**
   * @param entry the worker's module below `src` without ending; the compiled one runs, also when the caller runs from source
   * @param settings what every job has in common: `workerData` of the threads
   */
  constructor(entry: string, threads: number, settings: unknown) {
    const file = require.resolve(`#workers/${entry}`);
    this.#threads = Array.from({ length: threads }, () => new Thread(file, settings, () => this.#tellNext()));
  }

  /** Does a job on the thread with the fewest. @throws DataError as the job does */
  run(job: Job): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject });
      this.#tellNext();
    });
  }

  #tellNext(): void {
    while (this.#waiting.length > 0) {
      const [idlest] = this.#threads.toSorted((a, b) => a.told.length - b.told.length);
      if (idlest === undefined || idlest.told.length >= jobsAtThread) break;
      idlest.tell(this.#waiting.shift()!);
    }
    if (this.#threads.every(({ told }) => told.length === 0)) this.#onQuiet?.();
  }

  /** Ends the threads. Jobs that a thread was told are finished: native code must not be cut off. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#waiting.length = 0;
    if (this.#threads.some(({ told }) => told.length > 0)) {
      await new Promise<void>((resolve) => {
        this.#onQuiet = resolve;
      });
    }
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }
}
