/** Worker threads that read films ahead of the encoder. */
import { WorkerPool } from "../../base/node/worker-pool.ts";
import type { PreprocessJob, PreprocessResult, PreprocessSettings } from "./preprocess.ts";

export function preprocessPool(
  threads: number,
  settings: PreprocessSettings,
): WorkerPool<PreprocessJob, PreprocessResult> {
  return new WorkerPool("features/node/preprocess-worker", threads, settings);
}
