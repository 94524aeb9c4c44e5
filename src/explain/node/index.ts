/** Explanations as files: overlays, the paper's figure, a page, JSON; scores over a split. */
export { explainableRows, oneOfEachFilm } from "./choose-rows.ts";
export type { ExplainedRow, RowRequest } from "./explain-row.ts";
export { ExplanationFolder } from "./explanation-folder.ts";
export { type ScoredSplit, type SplitScoring, scoreSplit } from "./score-split.ts";
export type { Explainers, RowDocument } from "./write-row.ts";
