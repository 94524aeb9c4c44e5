/** Explanations as files: overlays, the paper's figure, a page, JSON; scores over a split. */
export { explainableRows, oneOfEachFilm } from "./choose-rows.ts";
export type { ExplainedRow, RowRequest } from "./explain-row.ts";
export { claimFolder, writeJson } from "./explanation-folder.ts";
export { type SplitScoring, scoreSplit } from "./score-split.ts";
export { type Explainers, type WrittenRow, writeRow } from "./write-row.ts";
