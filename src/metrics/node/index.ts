/** Tables of texts from files, tables of scores into files, and the metrics whose models are on disk. */
export { readRows } from "./read-rows.ts";
export { type ModelFolders, weightedMetrics } from "./weighted-metrics.ts";
export { gridAsCsv, itemsAsCsv } from "./write-csv.ts";
