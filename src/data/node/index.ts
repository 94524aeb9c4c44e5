/** Data sets on disk. */
export { type OpenOptions, openDataset } from "./open-dataset.ts";
