/** Whether what a data set says about change over time fits together. */
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

/**
 * Change without a study to compare with, of a finding that is not there, or against the study itself. The authors'
 * CSVs and sets without any prior study say nothing about it, and are not looked at.
 */
export function progressionProblems(studies: Iterable<Study>): Problem[] {
  const problems: Problem[] = [];
  let hasPrior = false;
  for (const study of studies) {
    hasPrior ||= study.prior !== undefined;
    for (const found of oddProgressions(study)) problems.push(found);
  }
  return hasPrior ? problems : [];
}

function oddProgressions({ studyId, imageId, prior, findings }: Study): Problem[] {
  const where = `study ${studyId}`;
  const found: Problem[] = [];
  if (prior !== undefined && (prior.studyId === studyId || prior.imageId === imageId)) {
    found.push(problem("odd-progression", where, "It names itself as the study before."));
  }
  for (const [i, { progression, abnormal }] of findings.entries()) {
    if (progression === undefined) continue;
    const finding = `${where}, finding ${i + 1}`;
    if (prior === undefined) {
      found.push(problem("odd-progression", finding, `It is ${progression}, and no study before is named.`));
    }
    if (abnormal === false) {
      found.push(problem("odd-progression", finding, `It is ${progression}, and the sentence is negative.`));
    }
  }
  return found;
}
