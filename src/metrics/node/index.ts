/** Pairs of texts from files. */
export { readPairs } from "./read-pairs.ts";
