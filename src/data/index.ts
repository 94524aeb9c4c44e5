/**
 * Data sets as studies, findings and rows: PadChest-GR's release, the authors' CSVs, checks and splits.
 *
 * Files are read in `node/`; synthetic radiographs are in `synthetic/`. Pixels are `images`' business.
 */
export { checkDataset, type DataReport, type FilmInspector, formatReport, problemsOf } from "./check.ts";
export type { Dataset } from "./dataset.ts";
export type { Problem, ProblemCode } from "./problem.ts";
export { type ChosenRows, type RowChoice, rowsOf } from "./rows.ts";
export { patientsInTwoSplits, type SharedPatient } from "./splits.ts";
export {
  type Finding,
  type Language,
  type Reader,
  type Row,
  type SplitName,
  type Study,
  splitNames,
} from "./vocabulary.ts";
