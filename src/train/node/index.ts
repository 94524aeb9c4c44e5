/** What training reads and writes on disk. */
export { trainRunOptions } from "./recipe-options.ts";
export { Run } from "./run.ts";
export { type RunTraining, trainInRun } from "./train-in-run.ts";
export { type SkippedRows, type TrainRunOptions, type TrainRunOutcome, trainRun, writeSkipped } from "./train-run.ts";
