/** `master_table.csv`: a row per study and label. Here: split, patient, image and the positive sentences of each study. */
import { Groups } from "../compact/groups.ts";
import { TableReader, type TableRow } from "../csv-table.ts";
import { readId } from "../ids.ts";
import { type PiecewiseReader, readWhole } from "../piecewise.ts";
import { type Problem, problem } from "../problems.ts";
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
  readonly positiveSentences: readonly string[] | undefined;
}

/** Image, split, patient, and whether there are sentences: of a study's first row; sentences follow as texts. */
type PackedEntry = readonly [string | null, SplitName | null, string | null, boolean];

/** What the master table says, by study ID. */
export class MasterTable {
  readonly #rows = new Groups();

  studyIds(): Iterable<string> {
    return this.#rows.keys();
  }

  get(studyId: string): MasterEntry | undefined {
    const [first, ...sentences] = this.#rows.valuesOf(studyId);
    if (first === undefined) return undefined;
    const [imageId, split, patientId, hasSentences] = first as PackedEntry;
    return {
      imageId: imageId ?? undefined,
      split: split ?? undefined,
      patientId: patientId ?? undefined,
      positiveSentences: hasSentences ? (sentences as string[]) : undefined,
    };
  }

  /** @returns whether the row agrees with the study's first one */
  add(studyId: string, entry: PackedEntry, sentences: readonly string[]): boolean {
    const first = this.#rows.first(studyId) as PackedEntry | undefined;
    if (first === undefined) this.#rows.add(studyId, entry);
    for (const sentence of sentences) this.#rows.add(studyId, sentence);
    return first === undefined || [0, 1, 2].every((i) => first[i] === entry[i]);
  }
}

/**
 * Reads the master table row by row.
 * @param file what problems call the text
 * @param keepsSentences false where every finding says itself whether it is positive
 */
export function masterTableReader(
  file: string,
  problems: Problem[],
  keepsSentences = true,
): PiecewiseReader<MasterTable> {
  const rows = new TableReader(file, columns, problems);
  const table = new MasterTable();
  const take = (read: Iterable<MasterRow>) => {
    for (const row of read) addRow(row, file, table, keepsSentences, problems);
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
  table: MasterTable,
  keepsSentences: boolean,
  problems: Problem[],
): void {
  const where = `${file}, line ${line}`;
  const studyId = readId(cells.StudyID, "StudyID", where, problems);
  if (studyId === undefined) return;
  const imageId = cells.ImageID?.trim() ?? null;
  const split = readSplitName(cells.split, where, problems) ?? null;
  const patientId =
    cells.PatientID.trim() === "" ? null : (readId(cells.PatientID, "PatientID", where, problems) ?? null);
  const sentences = [cells.sentence_en, cells.sentence_es].filter((sentence) => sentence !== undefined);
  const kept = keepsSentences ? sentences.map((text) => text.trim()).filter((text) => text !== "") : [];
  if (!table.add(studyId, [imageId, split, patientId, sentences.length > 0], kept)) {
    const what = `Another row of study ${studyId} gives another split, patient or image.`;
    problems.push(problem("master-table-contradiction", where, what));
  }
}

/** Positive when it has a box or the table lists it, else negative; only for findings whose file does not say. */
function withAbnormal(finding: Finding, { positiveSentences }: MasterEntry): Finding {
  if (finding.abnormal !== undefined || positiveSentences === undefined) return finding;
  const hasBox = finding.boxes.length + finding.extraBoxes.length > 0;
  const isListed = Object.values(finding.sentence).some((sentence) => positiveSentences.includes(sentence.trim()));
  return { ...finding, abnormal: hasBox || isListed };
}

/**
 * A study with its patient and, where its own file has none, its split; what the CSVs of the authors do not
 * say about positive and negative is taken from the table too.
 */
export function joinMasterTable(study: Study, table: MasterTable, problems: Problem[]): Study {
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
}
