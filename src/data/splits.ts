/** Splits: their names in files, and patients who stand in more than one of them. */
import { repeated } from "./compact/key-table.ts";
import { type Problem, problem } from "./problems.ts";
import { type SplitName, type Study, splitNames } from "./vocabulary.ts";

/**
 * The split that a file means; both spellings `val` and `validation` occur.
 * @returns undefined when the text is empty or, with a problem noted, unknown
 */
export function readSplitName(text: string, where: string, problems: Problem[]): SplitName | undefined {
  const name = text.trim().toLowerCase();
  if (name === "") return undefined;
  const split = splitNames.find((known) => known === name || (known === "validation" && name === "val"));
  if (split === undefined) problems.push(problem("unknown-split", where, "The split is none of the known ones."));
  return split;
}

/** A patient whose studies are in more than one split; named by those studies, not by the patient. */
export interface SharedPatient {
  readonly splits: readonly SplitName[];
  readonly studies: readonly Study[];
}

/**
 * Leakage by patient: what a model learns of them in training, it would repeat in the test. In file order; studies
 * without patient or split are not looked at.
 */
export function patientsInTwoSplits(studies: Iterable<Study>): readonly SharedPatient[] {
  const groups = repeated(
    studies,
    ({ patientId, split }) => (split === undefined ? undefined : patientId),
    ({ split }) => 1 << splitNames.indexOf(split!),
  );
  return [...groups.values()].map((own) => ({
    splits: splitNames.filter((name) => own.some(({ split }) => split === name)),
    studies: own,
  }));
}
