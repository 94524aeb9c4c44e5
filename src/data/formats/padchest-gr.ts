/** PadChest-GR's release: the reports as JSON, split and patient in the master table. */
import type { UnitBox } from "../../images/index.ts";
import { PackedStudies } from "../compact/studies.ts";
import { reportsReader } from "../padchest-gr/reports.ts";
import { joinMasterTable, type MasterTable, masterTableReader } from "../padchest-gr/split-and-patient.ts";
import type { Finding, Study } from "../vocabulary.ts";
import { tablePieces } from "./csv-text.ts";
import { type Format, mapped } from "./format.ts";
import { jsonListPieces } from "./json-text.ts";
import { joining } from "./reading.ts";

const corners = ({ x1, y1, x2, y2 }: UnitBox) => [x1, y1, x2, y2];

function findingRecord({ sentence, abnormal, boxes, extraBoxes, labels, locations, progression }: Finding) {
  return {
    sentence_en: sentence.en,
    sentence_es: sentence.es,
    abnormal: abnormal ?? null,
    boxes: boxes.map(corners),
    extra_boxes: extraBoxes.map(corners),
    labels,
    locations,
    progression: progression ?? null,
  };
}

function studyRecord({ studyId, imageId, prior, findings }: Study) {
  return {
    StudyID: studyId,
    ImageID: imageId,
    PreviousStudyID: prior?.studyId ?? null,
    PreviousImageID: prior?.imageId ?? null,
    findings: findings.map(findingRecord),
  };
}

/** A row per label of each positive finding; one for a study without any. */
function masterRows({ studyId, imageId, split, patientId, findings }: Study) {
  const shared = { StudyID: studyId, ImageID: imageId, split: split ?? "", PatientID: patientId ?? "" };
  const rows = findings
    .filter(({ abnormal }) => abnormal === true)
    .flatMap(({ labels, sentence }) =>
      (labels.length > 0 ? labels : [""]).map((label) => ({
        ...shared,
        label,
        sentence_en: sentence.en,
        sentence_es: sentence.es,
      })),
    );
  return rows.length > 0 ? rows : [{ ...shared, label: "Normal", sentence_en: "", sentence_es: "" }];
}

const masterColumns = ["StudyID", "ImageID", "label", "sentence_en", "sentence_es", "split", "PatientID"];

export const padchestGr: Format = {
  coordinates: "x1, y1, x2, y2 in fractions of width and height",
  endings: [".json", ".csv"],
  needsSizes: false,
  reader(_films, problems) {
    const studies = new PackedStudies();
    const tables: MasterTable[] = [];
    return {
      open(path) {
        if (path.endsWith("master_table.csv")) {
          const reader = masterTableReader(path, problems);
          return { push: (bytes) => reader.push(bytes), end: () => void tables.push(reader.end()) };
        }
        if (!path.toLowerCase().endsWith(".json")) return undefined;
        return joining(reportsReader(path, problems), studies);
      },
      end: () =>
        mapped(studies.drain(), (study) =>
          tables.reduce((joined, table) => joinMasterTable(joined, table, problems), study),
        ),
    };
  },
  *write(studies) {
    yield* jsonListPieces("grounded_reports_converted.json", mapped(studies, studyRecord));
    yield* tablePieces("master_table.csv", masterColumns, mapped(studies, masterRows));
  },
};
