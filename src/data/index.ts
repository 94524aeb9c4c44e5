/**
 * Data: studies, findings and rows; the readers of PadChest-GR's release and of the authors' CSVs; splits; what can be
 * wrong with a data set. `formats/` reads and writes the box
 * formats of other sets and tools, `transforms/` holds the input changes of studies, `synthetic/` makes radiographs to test with.
 *
 * Parsing is here and runs in a browser too; files are found and read in `node/`. Pixels are `images`' business, and
 * nothing here knows a model.
 */
export {
  type CheckedDataset,
  type CheckOptions,
  checkDataset,
  type DataReport,
  type FilmInspector,
  type FilmReading,
  inspectDataset,
} from "./check.ts";
export type { Histogram } from "./checks/histogram.ts";
export { PackedStudies, type Studies } from "./compact/studies.ts";
export { problemsOf } from "./consistency.ts";
export type { Dataset, SourceFile } from "./dataset.ts";
export { publishedCounts, type ReleaseCounts, releaseCounts } from "./padchest-gr/published-counts.ts";
export type { Problem, ProblemCode } from "./problems.ts";
export { formatProblems, formatReport } from "./report.ts";
export { rowChoice, rowChoiceShape } from "./row-shape.ts";
export { type ChosenRows, type DroppedFinding, type DropReason, type RowChoice, rowsOf } from "./rows.ts";
export { patientsInTwoSplits, type SharedPatient } from "./splits.ts";
export {
  applyTransforms,
  type BoxNoise,
  boxPresentBit,
  centralBox,
  cropToBoxes,
  defaultBoxNoise,
  drawBoxes,
  groundedFraction,
  type NoiseSide,
  noiseBoxes,
  otherPatientBoxes,
  type RowTransform,
  rowTransformSchema,
  shuffledBoxes,
  subset,
} from "./transforms/index.ts";
export type { Finding, Language, PriorStudy, Reader, Row, Split, SplitName, Study } from "./vocabulary.ts";
export { splitNames } from "./vocabulary.ts";
