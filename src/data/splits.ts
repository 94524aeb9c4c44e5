/** Whether the splits of a data set are apart. */
import type { SplitName, Study } from "./vocabulary.ts";

/** A patient whose studies are in more than one split; named by those studies, not by the patient. */
export interface SharedPatient {
  readonly splits: readonly SplitName[];
  readonly studyIds: readonly string[];
}

/** Patients in two splits or more: what a model learns of them in training, it would repeat in the test. */
export function patientsInTwoSplits(studies: readonly Study[]): SharedPatient[] {
  const byPatient = new Map<string, Study[]>();
  for (const study of studies) {
    if (study.patientId === undefined || study.split === undefined) continue;
    byPatient.set(study.patientId, [...(byPatient.get(study.patientId) ?? []), study]);
  }
  return [...byPatient.values()].flatMap((own) => {
    const splits = [...new Set(own.flatMap(({ split }) => split ?? []))];
    return splits.length < 2 ? [] : [{ splits, studyIds: own.map(({ studyId }) => studyId) }];
  });
}
