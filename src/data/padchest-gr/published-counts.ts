/** What the release of 2024-08-19 is known to hold, to check an import against. */
import { pythonStrip } from "../../text/index.ts";
import { KeyTable } from "../compact/key-table.ts";
import type { Studies } from "../compact/studies.ts";
import { type Problem, problem } from "../problems.ts";

export interface ReleaseCounts {
  readonly studies: number;
  readonly abnormalStudies: number;
  readonly patients: number;
  readonly positiveSentences: number;
  readonly negativeSentences: number;
  readonly trainStudies: number;
  readonly validationStudies: number;
  readonly testStudies: number;
  /** English sentences of either kind: the rows that the paper trains and tests on. */
  readonly trainSentences: number;
  readonly testSentences: number;
}

export const publishedCounts: ReleaseCounts = {
  studies: 4555,
  abnormalStudies: 3099,
  patients: 4459,
  positiveSentences: 7037,
  negativeSentences: 3422,
  trainStudies: 3185,
  validationStudies: 455,
  testStudies: 915,
  trainSentences: 7315,
  testSentences: 2112,
};

const noCounts = {
  ...{ studies: 0, abnormalStudies: 0, patients: 0, positiveSentences: 0, negativeSentences: 0 },
  ...{ trainStudies: 0, validationStudies: 0, testStudies: 0, trainSentences: 0, testSentences: 0 },
};

const names: Readonly<Record<keyof ReleaseCounts, string>> = {
  studies: "studies",
  abnormalStudies: "studies with a positive finding",
  patients: "patients",
  positiveSentences: "positive English sentences",
  negativeSentences: "negative English sentences",
  trainStudies: "training studies",
  validationStudies: "validation studies",
  testStudies: "test studies",
  trainSentences: "English sentences of training studies",
  testSentences: "English sentences of test studies",
};

export function releaseCounts(studies: Studies): ReleaseCounts {
  const patients = new KeyTable();
  const counts = { ...noCounts, studies: studies.length };
  for (const { split, patientId, findings } of studies) {
    if (patientId !== undefined) patients.add(patientId);
    if (findings.some(({ abnormal }) => abnormal === true)) counts.abnormalStudies++;
    if (split !== undefined) counts[`${split}Studies`]++;
    for (const { sentence, abnormal } of findings) {
      if (abnormal === undefined || pythonStrip(sentence.en) === "") continue;
      counts[abnormal ? "positiveSentences" : "negativeSentences"]++;
      if (split === "train" || split === "test") counts[`${split}Sentences`]++;
    }
  }
  return { ...counts, patients: patients.size };
}

/** Whether this can be the whole release rather than a part of it, or another set in its layout. */
export function isWholeRelease(studies: Studies): boolean {
  return Math.abs(studies.length - publishedCounts.studies) <= publishedCounts.studies / 10;
}

/** One warning a count that differs from the published one; none for sets of another size. */
export function compareWithPublished(studies: Studies, file: string): Problem[] {
  if (!isWholeRelease(studies)) return [];
  const found = releaseCounts(studies);
  return (Object.keys(publishedCounts) as (keyof ReleaseCounts)[])
    .filter((key) => found[key] !== publishedCounts[key])
    .map((key) =>
      problem("published-counts", file, `It has ${found[key]} ${names[key]}; the release has ${publishedCounts[key]}.`),
    );
}
