/** grounded_reports_*.json, PadChest-GR's own file, as studies. */
import { DataError } from "../../base/errors.ts";
import { readBoxes } from "../box-list.ts";
import { type Problem, problem } from "../problem.ts";
import type { Finding, Study } from "../vocabulary.ts";
import type { StudyFacts } from "./master-table.ts";

/** A study before its image is looked for. */
export type StudyRecord = Omit<Study, "imagePath">;

const progressions = ["stable", "improved", "worsened"] as const;

/** Where a position of a text is, as editors count. */
function lineAndColumn(text: string, position: number): string {
  const before = text.slice(0, position).split("\n");
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}

/** @throws DataError for broken JSON, and for IDs written as numbers, which would lose digits */
function parseRecords(text: string, where: string): unknown[] {
  const number = /"(?:StudyID|PreviousStudyID)"\s*:\s*-?\d/.exec(text);
  if (number !== null) {
    throw new DataError("An ID is written as a number and has lost digits, or would lose them.", {
      where: `${where}, ${lineAndColumn(text, number.index)}`,
      expected: "IDs of up to 39 digits as quoted text",
      remedy: "Use the file as released; tools that read IDs as numbers damage them.",
    });
  }
  let records: unknown;
  try {
    records = JSON.parse(text);
  } catch (error) {
    // The engine's own message quotes the text around the place; only the place is repeated here.
    const position = /position (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
    throw new DataError("The file is not JSON.", {
      where: position === undefined ? where : `${where}, ${lineAndColumn(text, Number(position))}`,
      found: text.trim() === "" ? "an empty file" : "JSON that breaks off or is damaged",
      remedy: "Get the file again; it may have been cut off.",
    });
  }
  if (Array.isArray(records)) return records;
  throw new DataError("The file is not a list of studies.", {
    where,
    expected: "one JSON list",
    found: typeof records,
  });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readFinding(value: unknown, where: string, problems: Problem[]): Finding[] {
  if (!isObject(value)) {
    problems.push(problem("error", "malformed-finding", where, "the finding is not an object; it is left out"));
    return [];
  }
  return [
    {
      sentence: { en: textOf(value.sentence_en), es: textOf(value.sentence_es) },
      abnormal: typeof value.abnormal === "boolean" ? value.abnormal : undefined,
      boxes: readBoxes(value.boxes, where, problems),
      extraBoxes: readBoxes(value.extra_boxes, `${where}, second reader`, problems),
      labels: textsOf(value.labels),
      locations: textsOf(value.locations),
      progression: progressions.find((known) => known === value.progression),
    },
  ];
}

/**
 * @param where the file
 * @param facts split and patient by study, from the master table
 * @throws DataError when the file as a whole cannot be read; single bad studies and findings become problems
 */
export function parseRelease(
  text: string,
  where: string,
  facts: ReadonlyMap<string, StudyFacts>,
): { readonly studies: StudyRecord[]; readonly problems: Problem[] } {
  const problems: Problem[] = [];
  const studies = parseRecords(text, where).flatMap((record, i): StudyRecord[] => {
    const at = `${where}, record ${i + 1}`;
    if (!isObject(record) || typeof record.StudyID !== "string" || typeof record.ImageID !== "string") {
      problems.push(problem("error", "malformed-study", at, "no StudyID and ImageID as text; the study is left out"));
      return [];
    }
    const { StudyID: studyId, ImageID: imageId, findings = [] } = record;
    if (!Array.isArray(findings)) {
      problems.push(problem("error", "malformed-study", at, "the findings are not a list; the study is left out"));
      return [];
    }
    const read = findings.flatMap((finding: unknown, j) =>
      readFinding(finding, `study ${studyId}, finding ${j + 1}`, problems),
    );
    const known = facts.get(studyId);
    return [{ studyId, imageId, patientId: known?.patientId, split: known?.split, findings: read }];
  });
  return { studies, problems };
}
