import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeWithSharedData } from "../../tests/support/shared-data.ts";
import { checkDataset, formatReport, type RowChoice, rowsOf, splitNames } from "./index.ts";
import { inspectPixels, openDataset } from "./node/index.ts";

describeWithSharedData("the small real set", (at) => {
  const root = at("real-cxr");
  const csvs = splitNames.map((name) => join(root, `${name}_final_separated.csv`));
  const all: RowChoice = { language: "en", findings: "all", reader: "both" };

  it("is checked: counts, formats, and the patients in two splits", async () => {
    let studies = 0;
    const report = await checkDataset(await openDataset(root), inspectPixels, () => studies++);
    expect(studies).toBe(15);
    expect(report).toMatchObject({
      name: "real-cxr",
      studies: 15,
      sentences: 21,
      positive: 16,
      negative: 5,
      unmarked: 0,
      emptySentences: { en: 0, es: 0 },
      boxes: 18,
      secondReaderBoxes: 1,
      patients: 11,
      patientsInTwoSplits: 3,
      splits: {
        train: { studies: 8, sentences: 12 },
        validation: { studies: 3, sentences: 3 },
        test: { studies: 4, sentences: 6 },
        none: { studies: 0, sentences: 0 },
      },
      images: { readable: 15, missing: 0, broken: 0 },
    });
    expect(Object.values(report.images.formats).reduce((sum, count) => sum + count)).toBe(15);
    expect(report.images.formats["rgb, 8 bit"]).toBe(3);
    const leaks = report.problems.filter(({ code }) => code === "patient-in-two-splits");
    expect(leaks.map(({ what }) => what)).toEqual([
      "One patient's studies are in train and test.",
      "One patient's studies are in train and validation.",
      "One patient's studies are in train and validation.",
    ]);
    expect(report.problems).toHaveLength(3);
    expect(report.errors).toBe(3);
    const hash = createHash("sha256")
      .update(readFileSync(join(root, "grounded_reports_20240819.json")))
      .digest("hex");
    expect(report.sources).toEqual([
      { file: "grounded_reports_20240819.json", sha256: hash },
      { file: "master_table.csv", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
  });

  it("never names a patient or repeats a sentence", async () => {
    const dataset = await openDataset(root);
    const report = await checkDataset(dataset, inspectPixels);
    const printed = JSON.stringify(report) + formatReport(report);
    for (const { patientId, findings } of dataset.studies) {
      expect(patientId).toMatch(/^\d{39}$/);
      expect(printed).not.toContain(patientId);
      for (const { sentence } of findings) expect(printed).not.toContain(sentence.en);
    }
  });

  it("gives the same rows from the release and from the authors' CSVs", async () => {
    const release = await openDataset([root]);
    const csv = await openDataset(csvs);
    for (const split of splitNames) {
      for (const language of ["en", "es"] as const) {
        for (const findings of ["all", "positive", "negative"] as const) {
          const choice = { ...all, split, language, findings };
          const expected = rowsOf(release.studies, choice);
          expect(rowsOf(csv.studies, choice)).toEqual(expected);
          expect(expected.dropped).toEqual([]);
        }
      }
    }
    expect(splitNames.map((split) => rowsOf(release.studies, { ...all, split }).rows.length)).toEqual([12, 3, 6]);
    expect(csv.sources.map(({ file }) => file)).toEqual([
      ...splitNames.map((name) => `${name}_final_separated.csv`),
      "master_table.csv",
    ]);
  });

  it("keeps the digits of IDs, and finds every film", async () => {
    const { studies } = await openDataset(root);
    expect(studies[1]).toMatchObject({
      studyId: "910000000000001583800000000000000000001",
      imageId: "nih_00000001_001.png",
      imagePath: join(root, "images", "nih_00000001_001.png"),
    });
  });

  it("gives the second reader's boxes as they are: most findings have none", async () => {
    const { rows } = rowsOf((await openDataset(root)).studies, { ...all, reader: 2 });
    const boxes = rows.flatMap((row) => row.boxes);
    expect(boxes).toEqual([{ space: "unit", x1: 0.66, y1: 0.38, x2: 0.8, y2: 0.48 }]);
  });
});
