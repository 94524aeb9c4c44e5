/** Model folders on disk, described by the architecture they belong to. */
export { describeModelFolder, type ModelDescription } from "./describe.ts";
