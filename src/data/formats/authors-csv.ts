/** The CSVs of the paper's authors: one file a split, one line a finding. */
import type { UnitBox } from "../../images/index.ts";
import { authorsCsvReader } from "../authors-csv/authors-csv.ts";
import { PackedStudies } from "../compact/studies.ts";
import type { Study } from "../vocabulary.ts";
import { tablePieces } from "./csv-text.ts";
import { type Format, mapped } from "./format.ts";
import { joining } from "./reading.ts";

const columns = ["StudyID", "ImageID", "report_es", "report_en", "boxes", "extra_boxes", "split"];

function grounding(sentence: string, boxes: readonly UnitBox[]): string {
  return boxes.length === 0
    ? "[]"
    : JSON.stringify([[0, sentence, boxes.map(({ x1, y1, x2, y2 }) => [x1, y1, x2, y2])]]);
}

const nameOfSplit = ({ split }: Study) => split ?? "nosplit";

function lines({ studyId, imageId, split, findings }: Study) {
  return findings.map(({ sentence, boxes, extraBoxes }) => ({
    StudyID: studyId,
    ImageID: imageId,
    report_es: sentence.es,
    report_en: sentence.en,
    boxes: grounding(sentence.en, boxes),
    extra_boxes: grounding(sentence.en, extraBoxes),
    split: split ?? "",
  }));
}

export const authorsCsv: Format = {
  coordinates: "x1, y1, x2, y2 in fractions of width and height",
  endings: [".csv"],
  needsSizes: false,
  reader(_films, problems) {
    const studies = new PackedStudies();
    return {
      open(path) {
        if (!path.toLowerCase().endsWith(".csv") || path.endsWith("master_table.csv")) return undefined;
        return joining(authorsCsvReader(path, problems), studies);
      },
      end: () => studies,
    };
  },
  *write(studies) {
    const splits = new Set(mapped(studies, nameOfSplit));
    for (const split of splits) {
      const rows = mapped(studies, (study) => (nameOfSplit(study) === split ? lines(study) : []));
      yield* tablePieces(`${split}_final_separated.csv`, columns, rows);
    }
  },
};
