/** Worker threads that read films ahead of the encoder. */
import { once } from "node:events";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { DataError } from "../../base/errors.ts";
import type { PreprocessJob, PreprocessResult, PreprocessSettings } from "./preprocess.ts";
import type { PreprocessAnswer } from "./preprocess-worker.ts";

/** The compiled worker, also when the caller itself runs from source. */
const workerFile = createRequire(import.meta.url).resolve("#workers/features/node/preprocess-worker");

export class PreprocessPool implements AsyncDisposable {
  readonly #workers: readonly Worker[];
  readonly #idle: Worker[];
  readonly #waiting: ((worker: Worker) => void)[] = [];

  constructor(threads: number, settings: PreprocessSettings) {
    this.#workers = Array.from({ length: threads }, () => new Worker(workerFile, { workerData: settings }));
    this.#idle = [...this.#workers];
  }

  /** @throws DataError when the film cannot be read */
  async run(job: PreprocessJob): Promise<PreprocessResult> {
    const worker = this.#idle.pop() ?? (await new Promise<Worker>((resolve) => this.#waiting.push(resolve)));
    try {
      worker.postMessage(job);
      const [answer] = (await once(worker, "message")) as [PreprocessAnswer];
      if ("result" in answer) return answer.result;
      if ("refusal" in answer) throw new DataError(answer.refusal.what, answer.refusal.parts);
      throw new Error(answer.bug);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(worker);
      else next(worker);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}
