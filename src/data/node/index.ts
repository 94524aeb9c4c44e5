/** Data sets on disk: finding their files and images, and reading them. What the text in them means is in the folder above. */
export { checkPage } from "./check-page.ts";
export { type ConvertOptions, type ConvertOutcome, convertDataset } from "./convert.ts";
export { FilmReadings, type ReadingOptions } from "./film-readings.ts";
export { inspectPixels } from "./inspect-pixels.ts";
export { type OpenOptions, openDataset, openPacked, type PackedDataset } from "./open-dataset.ts";
export { writeProblemFile } from "./problem-file.ts";
