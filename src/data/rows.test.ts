import { expect, it } from "vitest";
import { unitBox } from "../images/index.ts";
import { type RowChoice, rowsOf } from "./rows.ts";
import type { Finding, Study } from "./vocabulary.ts";

const finding: Finding = {
  sentence: { en: " Nodule. ", es: "Nódulo." },
  abnormal: true,
  boxes: [unitBox(0, 0, 0.5, 0.5)],
  extraBoxes: [unitBox(0.25, 0.25, 0.75, 0.75)],
  labels: [],
  locations: [],
  progression: undefined,
};
const study: Study = {
  studyId: "1",
  imageId: "1.png",
  imagePath: undefined,
  patientId: undefined,
  split: "test",
  findings: [finding, { ...finding, sentence: { en: "Clear lungs.", es: "" }, abnormal: false, boxes: [] }],
};
const choice: RowChoice = { language: "en", findings: "all", reader: 1 };

it("gives a row a finding in one language, and two in both", () => {
  const texts = (more: Partial<RowChoice>) =>
    rowsOf([study], { ...choice, ...more }).rows.map(({ language, sentence }) => [language, sentence]);
  expect(texts({})).toEqual([
    ["en", "Nodule."],
    ["en", "Clear lungs."],
  ]);
  expect(texts({ language: "both" })).toEqual([
    ["en", "Nodule."],
    ["es", "Nódulo."],
    ["en", "Clear lungs."],
    ["es", ""],
  ]);
  expect(texts({ language: "both", emptySentences: "drop" })).toHaveLength(3);
});

it("takes the boxes of the reader that was chosen", () => {
  const first = (reader: RowChoice["reader"]) => rowsOf([study], { ...choice, reader }).rows[0]!.boxes;
  expect(first(1)).toEqual(finding.boxes);
  expect(first(2)).toEqual(finding.extraBoxes);
  expect(first("both")).toEqual([...finding.boxes, ...finding.extraBoxes]);
  expect(first("intersection")).toEqual([unitBox(0.25, 0.25, 0.5, 0.5)]);
});
