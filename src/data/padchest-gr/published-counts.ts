/** What the release of 2024-08-19 is known to hold, to check an import against. */
import { pythonStrip } from "../../text/index.ts";
import { type Problem, problem } from "../problems.ts";
import type { Study } from "../vocabulary.ts";

export interface ReleaseCounts {
  readonly studies: number;
  readonly abnormalStudies: number;
  readonly patients: number;
  readonly positiveSentences: number;
  readonly negativeSentences: number;
  readonly trainStudies: number;
  readonly validationStudies: number;
  readonly testStudies: number;
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
};

export function releaseCounts(studies: readonly Study[]): ReleaseCounts {
  const sentences = studies
    .flatMap((study) => study.findings)
    .filter(({ sentence }) => pythonStrip(sentence.en) !== "");
  const inSplit = (name: string) => studies.filter(({ split }) => split === name).length;
  return {
    studies: studies.length,
    abnormalStudies: studies.filter(({ findings }) => findings.some(({ abnormal }) => abnormal === true)).length,
    patients: new Set(studies.flatMap(({ patientId }) => patientId ?? [])).size,
    positiveSentences: sentences.filter(({ abnormal }) => abnormal === true).length,
    negativeSentences: sentences.filter(({ abnormal }) => abnormal === false).length,
    trainStudies: inSplit("train"),
    validationStudies: inSplit("validation"),
    testStudies: inSplit("test"),
  };
}

/** Whether this can be the whole release rather than a part of it, or another set in its layout. */
export function isWholeRelease(studies: readonly Study[]): boolean {
  return Math.abs(studies.length - publishedCounts.studies) <= publishedCounts.studies / 10;
}

/** One warning a count that differs from the published one; none for sets of another size. */
export function compareWithPublished(studies: readonly Study[], file: string): Problem[] {
  if (!isWholeRelease(studies)) return [];
  const found = releaseCounts(studies);
  return (Object.keys(publishedCounts) as (keyof ReleaseCounts)[])
    .filter((key) => found[key] !== publishedCounts[key])
    .map((key) =>
      problem("published-counts", file, `It has ${found[key]} ${names[key]}; the release has ${publishedCounts[key]}.`),
    );
}
