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

export function progressionCounts(studies: readonly Study[]): ProgressionCounts {
  const priors = studies.flatMap(({ prior }) => prior ?? []);
  const findings = studies.flatMap((study) => study.findings);
  const count = (kind: string) => findings.filter(({ progression }) => progression === kind).length;
  return {
    studiesWithPrior: priors.length,
    priorImagesFound: priors.filter(({ imagePath }) => imagePath !== undefined).length,
    stable: count("stable"),
    improved: count("improved"),
    worsened: count("worsened"),
  };
}

/**
 * Change without a study to compare with, of a finding that is not there, or against the study itself. The authors'
 * CSVs and sets without any prior study say nothing about it, and are not looked at.
 */
export function progressionProblems(studies: readonly Study[]): Problem[] {
  if (!studies.some(({ prior }) => prior !== undefined)) return [];
  return studies.flatMap(({ studyId, imageId, prior, findings }) => {
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
  });
}
