/** Worker threads that all do the same job, each one job at a time. */
import { once } from "node:events";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { DataError } from "../errors.ts";
import type { WorkerAnswer } from "./answer-jobs.ts";

const require = createRequire(import.meta.url);

export class WorkerPool<Job, Result> implements AsyncDisposable {
  readonly #workers: readonly Worker[];
  readonly #idle: Worker[];
  readonly #waiting: ((worker: Worker) => void)[] = [];
  readonly #running = new Set<Promise<unknown>>();

  /**
   * @param entry the worker's module below `src` without ending; the compiled one runs, also when the caller runs from source
   * @param settings what every job has in common: `workerData` of the threads
   */
  constructor(entry: string, threads: number, settings: unknown) {
    const file = require.resolve(`#workers/${entry}`);
    this.#workers = Array.from({ length: threads }, () => new Worker(file, { workerData: settings }));
    this.#idle = [...this.#workers];
  }

  /** Does a job on the next free thread. @throws DataError as the job does */
  async run(job: Job): Promise<Result> {
    const worker = this.#idle.pop() ?? (await new Promise<Worker>((resolve) => this.#waiting.push(resolve)));
    const answered = once(worker, "message");
    const settled = answered.catch(() => {});
    this.#running.add(settled);
    try {
      worker.postMessage(job);
      const [answer] = (await answered) as [WorkerAnswer<Result>];
      if ("result" in answer) return answer.result;
      if ("refusal" in answer) throw new DataError(answer.refusal.what, answer.refusal.parts);
      throw new Error(answer.bug);
    } finally {
      this.#running.delete(settled);
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(worker);
      else next(worker);
    }
  }

  /** Ends the threads. Those in the middle of a job finish it: native code must not be cut off. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#running);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
