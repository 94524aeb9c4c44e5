/** From studies to rows: one for each finding sentence, as the paper counts (REFERENCE §5). */
import { pythonStrip } from "../text/index.ts";
import type { Finding, Language, Reader, Row, SplitName, Study } from "./vocabulary.ts";

export interface RowChoice {
  /** Rows of this split; all splits when absent. Studies without a split give no rows. */
  readonly split?: SplitName;
  readonly language: Language;
  readonly findings: "all" | "positive" | "negative";
  readonly reader: Reader;
  /** The reference drops rows without a sentence from training and keeps them in the test set. */
  readonly emptySentences?: "keep" | "drop";
}

/** Rows in file order, and how many findings gave none, by reason. */
export interface ChosenRows {
  readonly rows: readonly Row[];
  readonly dropped: Readonly<Record<string, number>>;
}

/** Positive or negative; where the file does not say (the authors' CSVs), a finding with a box is positive. */
function isPositive({ abnormal, boxes }: Finding): boolean {
  return abnormal ?? boxes.length > 0;
}

function boxesOf({ boxes, extraBoxes }: Finding, reader: Reader) {
  if (reader === "both") return [...boxes, ...extraBoxes];
  return reader === 1 ? boxes : extraBoxes;
}

export function rowsOf(studies: readonly Study[], choice: RowChoice): ChosenRows {
  const dropped: Record<string, number> = {};
  const drop = (reason: string, count = 1) => {
    dropped[reason] = (dropped[reason] ?? 0) + count;
  };
  const rows: Row[] = [];
  for (const { findings, split, ...study } of studies) {
    if (split === undefined) {
      drop("the study has no split", findings.length);
      continue;
    }
    if (choice.split !== undefined && split !== choice.split) continue;
    for (const finding of findings) {
      const sentence = pythonStrip(finding.sentence[choice.language]);
      if (choice.findings !== "all" && isPositive(finding) !== (choice.findings === "positive")) {
        drop(`the finding is not ${choice.findings}`);
      } else if (sentence === "" && choice.emptySentences === "drop") {
        drop("the sentence is empty");
      } else {
        rows.push({ ...study, split, sentence, boxes: boxesOf(finding, choice.reader), abnormal: finding.abnormal });
      }
    }
  }
  return { rows, dropped };
}
