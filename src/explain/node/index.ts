/** Explanations as files: overlays, the paper's figure, a page, JSON; scores over a split. */
export type { ExplainedRow, RowRequest } from "./explain-row.ts";
export { claimFolder, writeJson } from "./explanation-folder.ts";
export { scoreRows } from "./score-rows.ts";
export { type Explainers, type WrittenRow, writeRow } from "./write-row.ts";
