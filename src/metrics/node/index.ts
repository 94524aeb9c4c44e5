/** Tables of texts from files, tables of scores into files, and the metrics with weights from their folders. */
export { MemoryFolder } from "./memory-folder.ts";
export { readRows } from "./read-rows.ts";
export { type ModelFolders, weightedMetrics } from "./weighted-metrics.ts";
export { gridAsCsv, itemsAsCsv } from "./write-csv.ts";
