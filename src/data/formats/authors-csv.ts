/** The CSVs of the paper's authors: one file a split, one line a finding. */
import type { UnitBox } from "../../images/index.ts";
import { readAuthorsCsv } from "../authors-csv/authors-csv.ts";
import { groupBy } from "../group-by.ts";
import type { Study } from "../vocabulary.ts";
import { tablePieces } from "./csv-text.ts";
import { type Format, mapped } from "./format.ts";
import { textsEnding } from "./json-text.ts";

const columns = ["StudyID", "ImageID", "report_es", "report_en", "boxes", "extra_boxes", "split"];

function grounding(sentence: string, boxes: readonly UnitBox[]): string {
  return boxes.length === 0
    ? "[]"
    : JSON.stringify([[0, sentence, boxes.map(({ x1, y1, x2, y2 }) => [x1, y1, x2, y2])]]);
}

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
  read: (files, _films, problems) =>
    textsEnding(files, ".csv")
      .filter(([path]) => !path.endsWith("master_table.csv"))
      .flatMap(([file, text]) => readAuthorsCsv(text, file, problems)),
  *write(studies) {
    for (const [split, own] of groupBy(studies, (study) => study.split ?? "nosplit")) {
      yield* tablePieces(`${split}_final_separated.csv`, columns, mapped(own, lines));
    }
  },
};
