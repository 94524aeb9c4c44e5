/**
 * Studies: several trainings compared on the same rows, as tables with intervals and pages to look at.
 *
 * What is compared is here; training, generation and scoring are their own stations'. Files are read and written in
 * `node/`, pages are made in `report/`.
 */
export {
  compareModes,
  comparisonDocument,
  formatComparison,
  type ModeComparison,
  type ModeTexts,
} from "./mode-comparison.ts";
