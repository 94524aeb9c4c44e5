/** `master_table.csv`: a row per study and label. Here: split, patient, image and the positive sentences of each study. */
import { TableReader, type TableRow } from "../csv-table.ts";
import { readId } from "../ids.ts";
import { type PiecewiseReader, readWhole } from "../piecewise.ts";
import { type Problem, problem } from "../problems.ts";
import { SharedTexts } from "../shared-texts.ts";
import { readSplitName } from "../splits.ts";
import type { Finding, SplitName, Study } from "../vocabulary.ts";

const columns = {
  required: ["StudyID", "split", "PatientID"],
  optional: ["ImageID", "sentence_en", "sentence_es"],
} as const;

type MasterRow = TableRow<(typeof columns.required)[number], (typeof columns.optional)[number]>;

/** What the table says about one study. */
interface MasterEntry {
  readonly imageId: string | undefined;
  readonly split: SplitName | undefined;
  readonly patientId: string | undefined;
  /**
   * Trimmed sentences in either language. The table lists labelled findings, and only positive ones have labels.
   * Undefined when it has no column of sentences.
   */
  readonly positiveSentences: string[] | undefined;
}

/** Studies by study ID. */
export type MasterTable = ReadonlyMap<string, MasterEntry>;

/** Reads the master table row by row. @param file what problems call the text */
export function masterTableReader(file: string, problems: Problem[]): PiecewiseReader<MasterTable> {
  const rows = new TableReader(file, columns, problems);
  const shared = new SharedTexts();
  const table = new Map<string, MasterEntry>();
  const take = (read: Iterable<MasterRow>) => {
    for (const row of read) addRow(row, file, table, shared, problems);
  };
  return {
    push: (bytes) => take(rows.push(bytes)),
    end() {
      take(rows.end());
      return table;
    },
  };
}

/** The table of a text that is in memory. @throws DataError as `readTable` */
export function readMasterTable(text: string, file: string, problems: Problem[]): MasterTable {
  return readWhole(masterTableReader(file, problems), text);
}

function addRow(
  { line, cells }: MasterRow,
  file: string,
  table: Map<string, MasterEntry>,
  shared: SharedTexts,
  problems: Problem[],
): void {
  const where = `${file}, line ${line}`;
  const studyId = readId(cells.StudyID, "StudyID", where, problems);
  if (studyId === undefined) return;
  const imageId = cells.ImageID?.trim();
  const split = readSplitName(cells.split, where, problems);
  const patientId = cells.PatientID.trim() === "" ? undefined : readId(cells.PatientID, "PatientID", where, problems);
  const sentences = [cells.sentence_en, cells.sentence_es].filter((sentence) => sentence !== undefined);
  const positiveSentences = sentences.length === 0 ? undefined : [];
  const entry = table.get(studyId) ?? { imageId, split, patientId, positiveSentences };
  if (entry.split !== split || entry.patientId !== patientId || entry.imageId !== imageId) {
    const what = `Another row of study ${studyId} gives another split, patient or image.`;
    problems.push(problem("master-table-contradiction", where, what));
  }
  // A study has a handful: a list takes a quarter of a set's memory.
  const known = entry.positiveSentences;
  for (const sentence of sentences.map((text) => text.trim())) {
    if (sentence !== "" && known?.includes(sentence) === false) known.push(shared.text(sentence));
  }
  table.set(studyId, entry);
}

/** Positive when it has a box or the table lists it, else negative; only for findings whose file does not say. */
function withAbnormal(finding: Finding, { positiveSentences }: MasterEntry): Finding {
  if (finding.abnormal !== undefined || positiveSentences === undefined) return finding;
  const hasBox = finding.boxes.length + finding.extraBoxes.length > 0;
  const isListed = Object.values(finding.sentence).some((sentence) => positiveSentences.includes(sentence.trim()));
  return { ...finding, abnormal: hasBox || isListed };
}

/**
 * The studies with their patients and, where their own file has none, splits; what the CSVs of the authors do not
 * say about positive and negative is taken from the table too.
 */
export function joinMasterTable(studies: readonly Study[], table: MasterTable, problems: Problem[]): Study[] {
  return studies.map((study) => {
    const entry = table.get(study.studyId);
    if (entry === undefined) return study;
    const where = `study ${study.studyId}`;
    const differs = (what: string) =>
      problems.push(problem("master-table-differs", where, `The master table gives another ${what}.`));
    if (entry.imageId !== undefined && entry.imageId !== study.imageId) differs("image");
    if (study.split !== undefined && entry.split !== undefined && study.split !== entry.split) differs("split");
    return {
      ...study,
      patientId: entry.patientId,
      split: study.split ?? entry.split,
      findings: study.findings.every(({ abnormal }) => abnormal !== undefined)
        ? study.findings
        : study.findings.map((finding) => withAbnormal(finding, entry)),
    };
  });
}
