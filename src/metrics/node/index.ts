/** Pairs of texts from files, and the metrics whose models are on disk. */
export { readPairs } from "./read-pairs.ts";
export { type ModelFolders, weightedMetrics } from "./weighted-metrics.ts";
