/**
 * Metrics of generated text: a folder a metric, joined by profiles. Everything is computed on strings and numbers.
 *
 * Files are read in `node/`. Which rows belong together is `data`'s business.
 */
export { evaluate, formatScores, type Scores, scoresDocument } from "./evaluate.ts";
export type { ColumnScores, Metric, Pair } from "./metric.ts";
export { type ProfileName, profileNames } from "./profiles.ts";
