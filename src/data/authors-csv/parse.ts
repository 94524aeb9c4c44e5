/** The authors' CSVs (REFERENCE §5): one finding a line, boxes as a Python literal. */
import { DataError } from "../../base/errors.ts";
import { readBoxes } from "../box-list.ts";
import { readSplit, type StudyFacts } from "../padchest-gr/master-table.ts";
import type { StudyRecord } from "../padchest-gr/release.ts";
import { type Problem, problem } from "../problem.ts";
import { type PythonValue, parsePythonLiteral } from "../python-literal.ts";
import type { Finding } from "../vocabulary.ts";

/** Columns that a line needs. */
const columns = ["StudyID", "ImageID", "report_en", "boxes", "split"] as const;

/** `[n, sentence, boxes]`. */
function isTriplet(value: PythonValue): value is readonly [number, string, PythonValue] {
  return Array.isArray(value) && value.length === 3 && typeof value[1] === "string";
}

/** The bare lists of boxes in a literal: several triplets, one, a plain list of boxes, or nothing. */
function boxLists(value: PythonValue): PythonValue {
  if (isTriplet(value)) return value[2];
  if (!Array.isArray(value)) return value;
  return value.flatMap((item) => (isTriplet(item) ? ((item[2] ?? []) as PythonValue[]) : [item]));
}

function readCell(cell: string | undefined, where: string, problems: Problem[]) {
  if (cell === undefined || cell.trim() === "") return [];
  let value: PythonValue;
  try {
    value = parsePythonLiteral(cell, where);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    problems.push(problem("error", "bad-box", error.parts.where, "the boxes are not a Python list; they are left out"));
    return [];
  }
  return readBoxes(boxLists(value), where, problems);
}

/**
 * @param table one record a line, by column name
 * @param where the file
 * @param facts patients by study, where a master table is at hand
 * @throws DataError when a column is missing
 */
export function parseAuthorsCsv(
  table: readonly Readonly<Record<string, string>>[],
  where: string,
  facts: ReadonlyMap<string, StudyFacts>,
): { readonly studies: StudyRecord[]; readonly problems: Problem[] } {
  const missing = columns.find((column) => table[0] !== undefined && !(column in table[0]));
  if (missing !== undefined) {
    throw new DataError("The CSV lacks a column.", {
      where,
      expected: `columns ${columns.join(", ")}`,
      found: Object.keys(table[0] ?? {}).join(", "),
      remedy: "Use a file like train_final_separated.csv.",
    });
  }
  const problems: Problem[] = [];
  const studies = new Map<string, { record: Omit<StudyRecord, "findings">; findings: Finding[] }>();
  for (const [i, line] of table.entries()) {
    const at = `${where}, row ${i + 2}`; // row 1 holds the names of the columns
    const { StudyID: studyId = "", ImageID: imageId = "", report_en: en = "", report_es: es = "" } = line;
    const split = readSplit(line.split);
    if (studyId === "" || imageId === "") {
      problems.push(problem("error", "malformed-study", at, "no StudyID or no ImageID; the row is left out"));
      continue;
    }
    const finding: Finding = {
      sentence: { en, es },
      abnormal: undefined,
      boxes: readCell(line.boxes, `${at}, boxes`, problems),
      extraBoxes: readCell(line.extra_boxes, `${at}, extra_boxes`, problems),
      labels: [],
      locations: [],
      progression: undefined,
    };
    const key = `${studyId}/${imageId}/${split}`;
    const known = studies.get(key);
    if (known !== undefined) known.findings.push(finding);
    else {
      const record = { studyId, imageId, patientId: facts.get(studyId)?.patientId, split };
      studies.set(key, { record, findings: [finding] });
    }
  }
  return { studies: [...studies.values()].map(({ record, findings }) => ({ ...record, findings })), problems };
}
