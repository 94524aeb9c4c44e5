import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { box, convert, finding, study } from "../../../tests/support/format-studies.ts";
import { type UnitBox, unitBox } from "../../images/index.ts";
import type { Finding, Study } from "../vocabulary.ts";
import { stem } from "./annotations.ts";
import {
  comparedTogether,
  type Films,
  type FormatName,
  formatNames,
  formats,
  LossCounter,
  lossesOf,
  readTexts,
  wholeTexts,
} from "./index.ts";

fc.configureGlobal({ seed: 3 });

describe("what a format cannot hold is listed", () => {
  const everything: readonly Study[] = [
    study(
      "1",
      [
        finding({
          sentence: { en: 'A "nodule", 5 mm; <b>&amp;', es: "Nódulo.\nOtro." },
          boxes: [box, unitBox(0.6, 0.6, 0.7, 0.9)],
          extraBoxes: [unitBox(0.11, 0.26, 0.52, 0.77)],
          labels: ["nodule", "mass"],
          locations: ["left", "upper lobe"],
          progression: "stable",
        }),
        finding({ sentence: { en: "No effusion.", es: "" }, abnormal: false, boxes: [], labels: [] }),
      ],
      {
        studyId: "9".repeat(39),
        patientId: "8".repeat(38),
        split: "train",
        prior: { studyId: "7".repeat(39), imageId: "0.png", imagePath: undefined },
      },
    ),
    study("2", [finding({ boxes: [unitBox(0.12345, 0.2, 0.45678, 0.9)] })], { split: "test", patientId: "5" }),
    study("3", [], { split: "validation", patientId: "6" }),
  ];
  const ids = "study IDs";
  const people = "patients";
  const texts = ["English sentences", "Spanish sentences"];
  const second = "second reader's boxes";
  const details = ["locations", "progressions"];
  const labelsOnly = [
    ids,
    people,
    "splits",
    "prior studies",
    "findings without a box",
    ...texts,
    "marks positive or negative",
  ];
  const grouping = ["groups of labels of a finding", ...details];
  const groups = "groups of boxes of a finding";
  const rounded = "first reader's boxes, exact corners (rounded to whole pixels)";

  it.each<[FormatName, readonly string[]]>([
    ["padchest-gr", []],
    [
      "authors-csv",
      [...["studies", ids, people, "splits", "prior studies", "marks positive or negative", "labels"], ...grouping],
    ],
    [
      "radfact",
      [
        ids,
        people,
        "splits",
        "prior studies",
        "Spanish sentences",
        "marks positive or negative",
        "labels",
        ...grouping,
        groups,
        second,
      ],
    ],
    ["coco", ["prior studies"]],
    ["vindr-cxr", [...labelsOnly, ...grouping]],
    ["ms-cxr", ["studies", ...labelsOnly, "labels", ...grouping, groups, second]],
    ["chestx-det", [...labelsOnly, ...grouping, groups, second]],
    ["nih-bbox", ["studies", ...labelsOnly, ...grouping, groups, second]],
    ["label-studio", ["prior studies"]],
    ["cvat", [ids, people, "prior studies"]],
    ["yolo", [...labelsOnly, ...grouping, groups, second]],
    ["pascal-voc", [...labelsOnly, ...grouping, groups, rounded, second]],
  ])("%s", (name, lost) => {
    const { studies, problems } = convert(name, everything);
    expect(lossesOf(everything, studies).map(({ what }) => what)).toEqual(lost);
    expect(problems).toEqual([]);
  });

  it("and counted: how many of how many", () => {
    const { studies } = convert("chestx-det", everything);
    expect(lossesOf(everything, studies)).toContainEqual({ what: "English sentences", lost: 2, of: 2 });
    expect(lossesOf(everything, studies)).toContainEqual({ what: "study IDs", lost: 1, of: 3 });
    expect(lossesOf(everything, everything)).toEqual([]);
    expect(lossesOf(everything, [])).toContainEqual({ what: "first reader's boxes", lost: 3, of: 3 });
  });
});

describe("round trips of arbitrary studies", () => {
  const number = fc.integer({ min: 0, max: 1000 }).map((n) => n / 1000);
  const boxes = fc
    .tuple(number, number, number, number)
    .filter(([x1, y1, x2, y2]) => x1 < x2 && y1 < y2)
    .map((corners): UnitBox => unitBox(...corners));
  // What XML cannot carry (controls, torn surrogates) is not text of a report either.
  const text = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
    .filter((t) => t.trim() === t && !/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u.test(t));
  const label = fc.constantFrom("nodule", "pleural effusion", "cardiomegaly", "masa <1> & «2»");
  const rich = fc.record({
    sentence: fc.record({ en: text, es: text }),
    abnormal: fc.constant(true),
    boxes: fc.array(boxes, { minLength: 1, maxLength: 3 }),
    extraBoxes: fc.array(boxes, { maxLength: 2 }),
    labels: fc.uniqueArray(label, { minLength: 1, maxLength: 2 }),
    locations: fc.array(text, { maxLength: 2 }),
    progression: fc.constantFrom(undefined, "stable" as const, "improved" as const, "worsened" as const),
  });
  const sets = (findings: fc.Arbitrary<Finding>) =>
    fc.array(fc.array(findings, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 });

  function expectLossless(names: readonly FormatName[], findings: fc.Arbitrary<Finding>): void {
    fc.assert(
      fc.property(fc.constantFrom(...names), sets(findings), (name, lists) => {
        const studies = lists.map((own, i) => study(`s${i}`, own));
        const back = convert(name, studies);
        expect([name, lossesOf(studies, back.studies), back.problems]).toEqual([name, [], []]);
        expect([name, lossesOf(back.studies, studies)]).toEqual([name, []]);
      }),
      { numRuns: 30 },
    );
  }

  it("PadChest-GR, COCO, Label Studio and CVAT keep whole findings", () => {
    expectLossless(["padchest-gr", "coco", "label-studio", "cvat"], rich);
  });

  it("VinDr-CXR keeps labels and both readers' boxes; ChestX-Det, NIH and YOLO those of the first", () => {
    const bare = {
      sentence: fc.constant({ en: "", es: "" }),
      locations: fc.constant([]),
      progression: fc.constant(undefined),
    };
    const one = fc.record({
      ...bare,
      abnormal: fc.constant(true),
      boxes: fc.array(boxes, { minLength: 1, maxLength: 3 }),
      extraBoxes: fc.constant([]),
      labels: fc.constant([] as string[]),
    });
    // A label names one finding of an image; give each finding its own.
    const labelled = (names: readonly FormatName[], findings: fc.Arbitrary<Finding>) =>
      fc.assert(
        fc.property(fc.constantFrom(...names), sets(findings), (name, lists) => {
          const studies = lists.map((own, i) =>
            study(
              `s${i}`,
              own.map((f, k) => ({ ...f, labels: [`label ${k}`] })),
            ),
          );
          const back = convert(name, studies);
          expect([name, lossesOf(studies, back.studies), back.problems]).toEqual([name, [], []]);
        }),
        { numRuns: 30 },
      );
    labelled(["vindr-cxr", "chestx-det", "nih-bbox", "yolo"], one);
  });
});

describe("a data set that is compared in parts", () => {
  // Names that formats shorten, complete or write over one another; some of the films are there and some are not.
  const names = [
    "a.png",
    "a.jpg",
    "a",
    "A.png",
    "a.b.png",
    "0a1b2c3d-a.png",
    "b.png",
    "b.png?x",
    "c.png",
    "d.png",
    "e.png",
  ];
  const known = new Map(["a.png", "a.b.png", "b.png", "c.png", "d.png"].map((name) => [stem(name), name]));
  const some: Films = {
    sizeOf: (imageId) =>
      [...known.values(), "e.png", "a.jpg"].includes(imageId) ? { width: 600, height: 400 } : undefined,
    resolve: (name) => ([...known.values()].includes(name) ? name : (known.get(stem(name)) ?? known.get(name) ?? name)),
  };
  const sets = fc.array(
    fc.record({
      imageId: fc.constantFrom(...names),
      id: fc.integer({ min: 0, max: 12 }),
      boxes: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: 1, maxLength: 12 },
  );

  it("has the losses of the whole, for every format", () => {
    fc.assert(
      fc.property(fc.constantFrom(...formatNames), sets, (name, records) => {
        const studies = records.map(({ imageId, id, boxes }, i) => ({
          ...study("x", [finding({ labels: [`label ${i}`], boxes: boxes === 0 ? [] : Array(boxes).fill(box) })]),
          imageId,
          studyId: `${id}`,
        }));
        const readBack = (part: readonly Study[]) => {
          const texts = wholeTexts(formats[name].write(part, some, []));
          return texts.size === 0 ? [] : readTexts(formats[name], texts, some, []);
        };
        const counter = new LossCounter();
        const parts = [...comparedTogether(studies, some, 1)];
        for (const part of parts) counter.add(part, readBack(part));
        expect([name, counter.losses()]).toEqual([name, lossesOf(studies, readBack(studies))]);
        expect(parts.flat()).toHaveLength(studies.length);
      }),
      { numRuns: 300 },
    );
  });

  it("is cut where no study can be taken for another one", () => {
    const apart = names.slice(8).map((imageId, i) => ({ ...study("x", []), imageId, studyId: `${i}` }));
    expect([...comparedTogether(apart, some, 2)].map((part) => part.length)).toEqual([2, 1]);
  });
});
