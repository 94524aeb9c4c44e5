/** Studies in the layout of PadChest-GR's release of 2024-08-19. */
import { stringify } from "csv-stringify/sync";
import type { UnitBox } from "../../images/boxes.ts";
import type { Finding } from "../vocabulary.ts";
import type { SyntheticStudy } from "./study.ts";

/** Where the release keeps its files, below its folder. */
export const releaseFiles = {
  reports: "grounded_reports_20240819.json",
  masterTable: "master_table.csv",
  images: "Padchest_GR_files/PadChest_GR",
  priorImages: "PadChest_GR_progression_prior_studies",
} as const;

const columns = [
  ...["StudyID", "ImageID", "label", "boxes_count", "extra_boxes_count", "locations", "prior_study"],
  ...["progression_status", "prior_imageID", "sentence_en", "sentence_es", "study_is_benchmark", "study_is_validation"],
  ...["split", "PatientID", "patient_is_benchmark", "PatientBirth", "PatientSex_DICOM", "StudyDate_DICOM", "StudyDate"],
  ...["PatientAge", "label_group", "Year"],
] as const;

/** The text of `grounded_reports_20240819.json`: one record a study; negative sentences carry no other keys. */
export function reportsJson(studies: readonly SyntheticStudy[]): string {
  const records = studies.map(({ study, prior }) => ({
    StudyID: study.studyId,
    ImageID: study.imageId,
    PreviousStudyID: prior?.studyId ?? null,
    PreviousImageID: prior?.imageId ?? null,
    findings: study.findings.map(reportedFinding),
  }));
  return `${JSON.stringify(records, null, 1)}\n`;
}

function reportedFinding({ sentence, abnormal, boxes, extraBoxes, labels, locations, progression }: Finding) {
  const stated = { sentence_en: sentence.en, sentence_es: sentence.es, abnormal };
  if (abnormal !== true) return stated;
  const corners = ({ x1, y1, x2, y2 }: UnitBox) => [x1, y1, x2, y2];
  return {
    ...stated,
    boxes: boxes.map(corners),
    extra_boxes: extraBoxes.map(corners),
    labels,
    locations,
    progression: progression ?? null,
  };
}

/**
 * The text of `master_table.csv`: one row per study and label of its positive findings, one "Normal" row for a study
 * without any.
 * @param groupOf label group by label
 */
export function masterTableCsv(studies: readonly SyntheticStudy[], groupOf: ReadonlyMap<string, string>): string {
  const rows = studies.flatMap((study) => {
    const positive = study.study.findings.filter((finding) => finding.abnormal === true);
    if (positive.length === 0) return [masterRow(study, "Normal", "Normal")];
    return positive.flatMap((finding) =>
      finding.labels.map((label) => masterRow(study, label, groupOf.get(label) ?? label, finding)),
    );
  });
  return stringify(rows, { header: true, columns: [...columns] });
}

function masterRow(
  { study, patient, date, prior }: SyntheticStudy,
  label: string,
  labelGroup: string,
  finding?: Finding,
): Record<(typeof columns)[number], string | number> {
  const year = Number(date.slice(0, 4));
  return {
    StudyID: study.studyId,
    ImageID: study.imageId,
    label,
    boxes_count: finding?.boxes.length ?? 0,
    extra_boxes_count: finding?.extraBoxes.length ?? 0,
    locations: `[${(finding?.locations ?? []).map((location) => `'${location}'`).join(", ")}]`,
    prior_study: prior === undefined ? "False" : "True",
    progression_status: finding?.progression ?? "",
    prior_imageID: prior?.imageId ?? "",
    sentence_en: finding?.sentence.en ?? "",
    sentence_es: finding?.sentence.es ?? "",
    study_is_benchmark: "True",
    study_is_validation: "False",
    split: patient.split,
    PatientID: patient.id,
    patient_is_benchmark: "True",
    PatientBirth: patient.birthYear,
    PatientSex_DICOM: patient.sex,
    StudyDate_DICOM: date,
    StudyDate: year,
    PatientAge: year - patient.birthYear,
    label_group: labelGroup,
    Year: year,
  };
}
