/** Tables of texts from files, and tables of scores into files. */
export { readRows } from "./read-rows.ts";
export { gridAsCsv, itemsAsCsv } from "./write-csv.ts";
