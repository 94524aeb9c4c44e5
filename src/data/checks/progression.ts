/** Whether what a data set says about change over time fits together. */
import { KeyTable } from "../compact/key-table.ts";
import { type Problem, problem } from "../problems.ts";
import type { Study } from "../vocabulary.ts";

export interface ProgressionCounts {
  readonly studiesWithPrior: number;
  readonly priorImagesFound: number;
  readonly stable: number;
  readonly improved: number;
  readonly worsened: number;
}

export function progressionCounts(studies: Iterable<Study>): ProgressionCounts {
  const counts = { studiesWithPrior: 0, priorImagesFound: 0, stable: 0, improved: 0, worsened: 0 };
  for (const { prior, findings } of studies) {
    if (prior !== undefined) counts.studiesWithPrior++;
    if (prior?.imagePath !== undefined) counts.priorImagesFound++;
    for (const { progression } of findings) if (progression !== undefined) counts[progression]++;
  }
  return counts;
}

/** What is known of a study that another one calls the study before. */
interface Earlier {
  readonly patientId: string | undefined;
  /** The study before that one. */
  readonly before: string | undefined;
}

/**
 * Change without a study to compare with or of a finding that is not there; studies before that are the study itself, another
 * patient's, or go round in a circle. The authors' CSVs and sets without any prior study say nothing about it, and are not
 * looked at.
 */
export function progressionProblems(studies: Iterable<Study>): Problem[] {
  const named = new KeyTable();
  for (const { prior } of studies) if (prior !== undefined) named.add(prior.studyId);
  if (named.size === 0) return [];
  const earlier = new Map<string, Earlier>();
  for (const { studyId, patientId, prior } of studies) {
    if (named.bitsOf(studyId) > 0) earlier.set(studyId, { patientId, before: prior?.studyId });
  }
  const problems: Problem[] = [];
  for (const study of studies) {
    for (const found of [...oddPrior(study, earlier), ...oddProgressions(study)]) problems.push(found);
  }
  return problems;
}

function oddPrior({ studyId, imageId, patientId, prior }: Study, earlier: ReadonlyMap<string, Earlier>): Problem[] {
  if (prior === undefined) return [];
  const found = (what: string) => [problem("odd-progression", `study ${studyId}`, what)];
  if (prior.studyId === studyId || prior.imageId === imageId) return found("It names itself as the study before.");
  const patientBefore = earlier.get(prior.studyId)?.patientId;
  if (patientId !== undefined && patientBefore !== undefined && patientBefore !== patientId) {
    return found(`The study before, ${prior.studyId}, is another patient's.`);
  }
  return leadsTo(studyId, prior.studyId, earlier) ? found("The studies before it lead back to it.") : [];
}

function leadsTo(studyId: string, from: string, earlier: ReadonlyMap<string, Earlier>): boolean {
  const passed = new Set<string>();
  for (let at: string | undefined = from; at !== undefined && !passed.has(at); at = earlier.get(at)?.before) {
    if (at === studyId) return true;
    passed.add(at);
  }
  return false;
}

function oddProgressions({ studyId, prior, findings }: Study): Problem[] {
  const found: Problem[] = [];
  for (const [i, { progression, abnormal }] of findings.entries()) {
    if (progression === undefined) continue;
    const finding = `study ${studyId}, finding ${i + 1}`;
    if (prior === undefined) {
      found.push(problem("odd-progression", finding, `It is ${progression}, and no study before is named.`));
    }
    if (abnormal === false) {
      found.push(problem("odd-progression", finding, `It is ${progression}, and the sentence is negative.`));
    }
  }
  return found;
}
