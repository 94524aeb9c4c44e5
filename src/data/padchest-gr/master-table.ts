/** master_table.csv: the split and the patient of a study. Sentences and boxes come from the JSON. */
import { DataError } from "../../base/errors.ts";
import { type SplitName, splitNames } from "../vocabulary.ts";

export interface StudyFacts {
  readonly split: SplitName | undefined;
  readonly patientId: string | undefined;
}

/** `val` is a spelling of `validation`; anything else unknown is no split. */
export function readSplit(text: string | undefined): SplitName | undefined {
  const name = text?.trim().toLowerCase();
  return name === "val" ? "validation" : splitNames.find((known) => known === name);
}

/**
 * @param table one record a line, by column name
 * @param where the file
 * @throws DataError when a column is missing
 */
export function factsOfStudies(
  table: readonly Readonly<Record<string, string>>[],
  where: string,
): Map<string, StudyFacts> {
  const [first] = table;
  for (const column of ["StudyID", "split", "PatientID"]) {
    if (first === undefined || column in first) continue;
    throw new DataError("The master table lacks a column.", {
      where,
      expected: `a column ${column}`,
      found: Object.keys(first).join(", "),
    });
  }
  return new Map(
    table.map(({ StudyID, split, PatientID }) => [
      StudyID ?? "",
      { split: readSplit(split), patientId: PatientID === "" ? undefined : PatientID },
    ]),
  );
}
