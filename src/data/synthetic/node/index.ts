/** Synthetic data sets on disk. What is in them is decided in the folder above. */
export { findingSheet } from "./finding-sheet.ts";
export { type Synthesised, type SynthesisOptions, synthesise } from "./synthesise.ts";
