/** What is wrong with a data set: collected, never thrown for a single bad row. */

export type ProblemCode =
  | "bad-box"
  | "box-outside"
  | "broken-image"
  | "csv-disagrees"
  | "duplicate-image"
  | "duplicate-sentence"
  | "duplicate-study"
  | "malformed-finding"
  | "malformed-study"
  | "missing-image"
  | "no-split"
  | "patient-in-two-splits";

export interface Problem {
  readonly severity: "error" | "warning";
  readonly code: ProblemCode;
  /** File and row, or study and finding; never a sentence or a patient. */
  readonly where: string;
  readonly what: string;
}

export function problem(severity: Problem["severity"], code: ProblemCode, where: string, what: string): Problem {
  return { severity, code, where, what };
}
