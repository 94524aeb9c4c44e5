/** Entry of a worker thread: answers each job with its result, or with what to tell the user. */
import { parentPort, workerData } from "node:worker_threads";
import { DataError, type ErrorParts } from "../../base/errors.ts";
import { type PreprocessJob, type PreprocessResult, type PreprocessSettings, preprocess } from "./preprocess.ts";

/** Errors do not survive the way between threads; their parts do. */
export type PreprocessAnswer =
  | { readonly result: PreprocessResult }
  | { readonly refusal: { readonly what: string; readonly parts: ErrorParts } }
  | { readonly bug: string };

async function answer(job: PreprocessJob): Promise<PreprocessAnswer> {
  try {
    return { result: await preprocess(job, workerData as PreprocessSettings) };
  } catch (error) {
    if (error instanceof DataError) return { refusal: { what: error.what, parts: error.parts } };
    return { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

parentPort?.on("message", (job: PreprocessJob) => {
  void answer(job).then((message) => parentPort?.postMessage(message));
});
