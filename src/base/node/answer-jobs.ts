/** The other end of a worker pool: what a thread does with the jobs it is told. */
import { parentPort } from "node:worker_threads";
import { DataError, type ErrorParts } from "../errors.ts";

/** Errors do not survive the way between threads; their parts do. */
export type WorkerAnswer<Result> =
  | { readonly result: Result }
  | { readonly refusal: { readonly what: string; readonly parts: ErrorParts } }
  | { readonly bug: string };

async function answer<Result>(work: () => Result | Promise<Result>): Promise<WorkerAnswer<Result>> {
  try {
    return { result: await work() };
  } catch (error) {
    if (error instanceof DataError) return { refusal: { what: error.what, parts: error.parts } };
    return { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** Answers each job with its result, or with what to tell the user: one after the other, in the order they came. */
export function answerJobs<Job, Result>(run: (job: Job) => Result | Promise<Result>): void {
  let before: Promise<void> = Promise.resolve();
  parentPort?.on("message", (job: Job) => {
    before = before.then(async () => parentPort?.postMessage(await answer(() => run(job))));
  });
}
