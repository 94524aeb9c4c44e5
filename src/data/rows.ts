/** From studies to rows: one for each finding sentence, as the paper counts (REFERENCE §5). */
import { pythonStrip } from "../text/index.ts";
import { readBoxesOf } from "./transforms/readers.ts";
import type { Finding, Language, Reader, Row, Split, SplitName, Study } from "./vocabulary.ts";

/** Which rows are wanted. */
export interface RowChoice<S extends SplitName = SplitName> {
  /** All splits when absent. */
  readonly split?: S;
  /** `both` gives two rows a finding, English first. */
  readonly language: Language | "both";
  readonly findings: "all" | "positive" | "negative";
  readonly reader: Reader;
  /** The reference drops rows without a sentence from training and keeps them in the test set; kept when absent. */
  readonly emptySentences?: "keep" | "drop";
}

/** Why a finding gave no row although the choice does not exclude it. */
export type DropReason = "the study is in no split" | "the sentence is empty" | "positive or negative is not known";

export interface DroppedFinding {
  readonly reason: DropReason;
  readonly studyId: string;
  readonly imageId: string;
}

/** Rows in file order, and every finding that was dropped on the way. */
export interface ChosenRows<S extends SplitName = SplitName> {
  readonly rows: Split<S>;
  readonly dropped: readonly DroppedFinding[];
}

/** What speaks against a row of this finding: it was not asked for, or a reason to drop it. */
function objection(
  finding: Finding,
  sentence: string,
  { findings, emptySentences }: RowChoice,
): "not wanted" | DropReason | undefined {
  if (findings !== "all") {
    if (finding.abnormal === undefined) return "positive or negative is not known";
    if (finding.abnormal !== (findings === "positive")) return "not wanted";
  }
  return sentence === "" && emptySentences === "drop" ? "the sentence is empty" : undefined;
}

/**
 * One row per finding and language: its sentence stripped as Python strips, the boxes of the chosen reader. Negative
 * sentences give rows too; they have no box. Rows whose image is missing stay: encoding counts them.
 */
export function rowsOf<S extends SplitName = SplitName>(studies: Iterable<Study>, choice: RowChoice<S>): ChosenRows<S> {
  const isWanted = (split: SplitName): split is S => choice.split === undefined || split === choice.split;
  const languages: readonly Language[] = choice.language === "both" ? ["en", "es"] : [choice.language];
  const rows: Row<S>[] = [];
  const dropped: DroppedFinding[] = [];
  for (const { studyId, imageId, imagePath, patientId, split, findings } of studies) {
    if (split !== undefined && !isWanted(split)) continue;
    for (const finding of findings) {
      for (const language of languages) {
        const sentence = pythonStrip(finding.sentence[language]);
        const reason = objection(finding, sentence, choice);
        if (reason === "not wanted") continue;
        if (split === undefined) dropped.push({ reason: "the study is in no split", studyId, imageId });
        else if (reason !== undefined) dropped.push({ reason, studyId, imageId });
        else {
          const boxes = readBoxesOf(finding, choice.reader);
          const { abnormal } = finding;
          rows.push({ studyId, imageId, imagePath, patientId, split, language, sentence, boxes, abnormal });
        }
      }
    }
  }
  return { rows, dropped };
}
