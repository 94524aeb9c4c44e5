/** What training writes to disk. */
export { JsonLines, Run } from "./run.ts";
