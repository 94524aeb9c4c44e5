import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { unitBox } from "../../images/index.ts";
import { splitNames } from "../vocabulary.ts";
import { composeSet, labelGroups } from "./compose.ts";
import type { FindingKind } from "./finding.ts";
import { findingKinds } from "./findings/index.ts";
import { drawPatients } from "./patient.ts";
import { masterTableCsv, reportsJson } from "./release.ts";
import { composeStudy } from "./study.ts";

const studies = composeSet(11, 400);
const findings = studies.flatMap(({ study }) => study.findings);
const positive = findings.filter(({ abnormal }) => abnormal === true);

describe("a composed set", () => {
  it("has the paper's proportions", () => {
    const expectShare = (part: number, whole: number, share: number) => {
      expect(Math.abs(part / whole - share), `${part} of ${whole}`).toBeLessThan(0.06);
    };
    expectShare(findings.length - positive.length, findings.length, 3422 / 10459);
    const normals = studies.filter(({ study }) => study.findings.every(({ abnormal }) => !abnormal));
    expectShare(normals.length, studies.length, 1456 / 4555);
    expectShare(studies.filter(({ prior }) => prior !== undefined).length, studies.length, 1446 / 4555);
    const perAbnormal = positive.length / (studies.length - normals.length);
    expect(perAbnormal).toBeGreaterThan(2);
    expect(perAbnormal).toBeLessThan(2.5);
    for (const [name, share] of [
      ["train", 0.7],
      ["validation", 0.1],
      ["test", 0.2],
    ] as const) {
      const part = studies.filter(({ study }) => study.split === name).length;
      expect(Math.abs(part - share * studies.length)).toBeLessThanOrEqual(3);
    }
  });

  it("has one to four positive findings a study, none twice, or none and a negative sentence", () => {
    for (const { study } of studies) {
      const labels = study.findings.flatMap(({ labels }) => labels);
      expect(labels.length).toBeLessThanOrEqual(4);
      expect(new Set(labels).size).toBe(labels.length);
      expect(study.findings.length).toBeGreaterThan(0);
    }
    const counts = new Set(studies.map(({ study }) => study.findings.filter(({ abnormal }) => abnormal).length));
    expect([...counts].sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it("never denies what it shows, nor what is near to it", () => {
    const denialsOf = new Map(findingKinds.map(({ label, absent }) => [label, absent]));
    for (const { study } of studies) {
      const denials = study.findings.filter(({ abnormal }) => !abnormal).map(({ sentence }) => sentence);
      for (const label of study.findings.flatMap(({ labels }) => labels)) {
        for (const denial of denials) {
          expect(denialsOf.get(label)).not.toContain(denial);
          const denied = findingKinds.find(({ absent }) => absent.includes(denial));
          expect(denied?.kin ?? []).not.toContain(label);
        }
      }
    }
  });

  it("shows every finding several times, in short and long sentences", () => {
    const counts = new Map(findingKinds.map(({ label }) => [label, 0]));
    for (const label of positive.flatMap(({ labels }) => labels)) counts.set(label, counts.get(label)! + 1);
    for (const [label, count] of counts) expect(count, label).toBeGreaterThanOrEqual(8);
    const words = positive.map(({ sentence }) => sentence.en.split(" ").length);
    expect(Math.min(...words)).toBeLessThanOrEqual(3);
    expect(Math.max(...words)).toBeGreaterThanOrEqual(14);
  });

  it("compares with a film before, and says what has become of the findings that evolve", () => {
    const evolving = new Set(findingKinds.filter(({ evolves }) => evolves).map(({ label }) => label));
    const seen = new Set<string>();
    for (const { study, prior } of studies) {
      for (const { progression, labels } of study.findings) {
        if (progression === undefined) continue;
        seen.add(progression);
        expect(prior).toBeDefined();
        expect(evolving).toContain(labels[0]);
      }
    }
    expect([...seen].sort()).toEqual(["improved", "stable", "worsened"]);
    const ids = studies.flatMap(({ study, prior }) => [study.imageId, ...(prior === undefined ? [] : [prior.imageId])]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("dates the studies of a patient one after the other", () => {
    const datesOf = new Map<string, string[]>();
    for (const { patient, date } of studies) datesOf.set(patient.id, [...(datesOf.get(patient.id) ?? []), date]);
    for (const dates of datesOf.values()) {
      expect(dates).toEqual([...dates].sort());
      expect(new Set(dates).size).toBe(dates.length);
    }
  });

  it("keeps each patient in one split, some with several studies of one body", () => {
    const splitsOf = new Map<string, (string | undefined)[]>();
    for (const { study, patient } of studies) {
      splitsOf.set(patient.id, [...(splitsOf.get(patient.id) ?? []), study.split]);
    }
    const groups = [...splitsOf.values()];
    for (const splits of groups) expect(new Set(splits).size).toBe(1);
    const several = groups.filter((splits) => splits.length > 1).length / groups.length;
    expect(several).toBeGreaterThan(0.05);
    expect(several).toBeLessThan(0.2);
  });

  it("has unique names of 36 to 39 digits", () => {
    const ids = [...studies.map(({ study }) => study.studyId), ...new Set(studies.map(({ patient }) => patient.id))];
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[1-9]\d{35,38}$/);
  });

  it("has boxes on the film, and for some a second reader's that differ a little", () => {
    const boxes = positive.flatMap((finding) => [...finding.boxes, ...finding.extraBoxes]);
    for (const { x1, y1, x2, y2 } of boxes) {
      expect(0 <= x1 && x1 < x2 && x2 <= 1 && 0 <= y1 && y1 < y2 && y2 <= 1).toBe(true);
    }
    const readTwice = positive.filter(({ extraBoxes }) => extraBoxes.length > 0);
    expect(readTwice.length / positive.length).toBeGreaterThan(0.3);
    expect(readTwice.length / positive.length).toBeLessThan(0.5);
    for (const { boxes: first, extraBoxes } of readTwice) {
      expect(extraBoxes).toHaveLength(first.length);
      expect(extraBoxes).not.toEqual(first);
    }
  });

  it("depends on the seed, and a larger set begins as a smaller one", () => {
    const sentences = (seed: number, count: number) => composeSet(seed, count).map(({ study }) => study);
    expect(sentences(11, 40)).toEqual(studies.slice(0, 40).map(({ study }) => study));
    expect(sentences(12, 40)).not.toEqual(sentences(11, 40));
  });

  it("fills every split of a small set", () => {
    expect(new Set(composeSet(5, 8).map(({ study }) => study.split))).toEqual(new Set(splitNames));
  });
});

describe("the release's texts", () => {
  const reports: Record<string, unknown>[] = JSON.parse(reportsJson(studies));
  const rows: Record<string, string>[] = parse(masterTableCsv(studies, labelGroups), { columns: true });

  it("are one JSON record a study, with positive and negative findings as released", () => {
    expect(reports.map((record) => record.StudyID)).toEqual(studies.map(({ study }) => study.studyId));
    for (const record of reports) {
      expect(Object.keys(record)).toEqual(["StudyID", "ImageID", "PreviousStudyID", "PreviousImageID", "findings"]);
      for (const finding of record.findings as Record<string, unknown>[]) {
        const stated = ["sentence_en", "sentence_es", "abnormal"];
        const grounded = ["boxes", "extra_boxes", "labels", "locations", "progression"];
        expect(Object.keys(finding)).toEqual(finding.abnormal ? [...stated, ...grounded] : stated);
      }
    }
  });

  it("are one table row a study and label, with the 23 columns in order", () => {
    expect(Object.keys(rows[0]!).join()).toBe(
      "StudyID,ImageID,label,boxes_count,extra_boxes_count,locations,prior_study,progression_status,prior_imageID," +
        "sentence_en,sentence_es,study_is_benchmark,study_is_validation,split,PatientID,patient_is_benchmark," +
        "PatientBirth,PatientSex_DICOM,StudyDate_DICOM,StudyDate,PatientAge,label_group,Year",
    );
    const normals = rows.filter(({ label }) => label === "Normal");
    expect(rows.length - normals.length).toBe(positive.length);
    expect(new Set(rows.map(({ StudyID }) => StudyID)).size).toBe(studies.length);
    for (const row of normals) expect([row.sentence_en, row.boxes_count, row.locations]).toEqual(["", "0", "[]"]);
    const priorIds = new Set(reports.map((record) => record.PreviousImageID ?? ""));
    for (const row of rows) {
      expect(row.prior_study).toBe(row.prior_imageID === "" ? "False" : "True");
      expect(priorIds).toContain(row.prior_imageID);
    }
    for (const row of rows) expect(Number(row.PatientAge)).toBe(Number(row.Year) - Number(row.PatientBirth));
  });
});

it("takes a new finding without any other change", () => {
  const madeUp: FindingKind = {
    label: "granuloma",
    labelGroup: "granuloma",
    evolves: false,
    isSeenThrough: false,
    isBedside: false,
    absent: [{ en: "No granuloma.", es: "Sin granuloma." }],
    place: () => ({
      boxes: [unitBox(0.2, 0.3, 0.25, 0.35)],
      locations: ["right"],
      sentence: { en: "Granuloma.", es: "Granuloma." },
      paint: (canvas) => canvas.add("tissue", unitBox(0.2, 0.3, 0.25, 0.35), () => 1),
    }),
  };
  const patient = drawPatients(1, 1)[0]!;
  const composed = Array.from({ length: 20 }, (_, seed) =>
    composeStudy([madeUp], patient, { seed: 10_000_019 * seed, date: "20150401" }, seed),
  );
  const shown = composed.filter(({ film }) => film.paint.length === 1);
  expect(shown.length).toBeGreaterThan(5);
  expect(reportsJson(shown)).toContain('"granuloma"');
  expect(masterTableCsv(shown, new Map([["granuloma", "granuloma"]]))).toContain(",granuloma,");
});
