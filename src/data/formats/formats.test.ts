import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../../base/errors.ts";
import { Random } from "../../base/random.ts";
import { type UnitBox, unitBox } from "../../images/index.ts";
import type { Problem } from "../problems.ts";
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

/** Films of 600 × 400 pixels; names may lack their ending. */
const films: Films = {
  sizeOf: (imageId) => (imageId.endsWith(".png") ? { width: 600, height: 400 } : undefined),
  resolve: (name) => (name.endsWith(".png") ? name : `${stem(name)}.png`),
};

const box = unitBox(0.1, 0.25, 0.5, 0.75);

function finding(more: Partial<Finding> = {}): Finding {
  return {
    sentence: { en: "", es: "" },
    abnormal: true,
    boxes: [box],
    extraBoxes: [],
    labels: ["nodule"],
    locations: [],
    progression: undefined,
    ...more,
  };
}

function study(name: string, findings: readonly Finding[], more: Partial<Study> = {}): Study {
  const imageId = `${name}.png`;
  return { studyId: name, imageId, imagePath: undefined, patientId: undefined, split: undefined, findings, ...more };
}

function convert(name: FormatName, studies: readonly Study[]) {
  const problems: Problem[] = [];
  const files = wholeTexts(formats[name].write(studies, films, problems));
  return { files, studies: readTexts(formats[name], files, films, problems), problems };
}

describe("one box of a film of 600 × 400 pixels, as each format writes it", () => {
  const plain = study("a", [finding({ sentence: { en: "A nodule.", es: "" } })], { split: "train" });
  const expected: Readonly<Record<FormatName, string>> = {
    "padchest-gr": '"boxes": [\n     [\n      0.1,\n      0.25,\n      0.5,\n      0.75\n     ]\n    ]',
    "authors-csv": 'a,a.png,,A nodule.,"[[0,""A nodule."",[[0.1,0.25,0.5,0.75]]]]",[],train',
    radfact: '"x_min": 0.1,\n      "y_min": 0.25,\n      "x_max": 0.5,\n      "y_max": 0.75',
    coco: '"bbox": [\n    60,\n    100,\n    240,\n    200\n   ]',
    "vindr-cxr": "a,R1,nodule,60,100,300,300\n",
    "ms-cxr": "a,nodule,A nodule.,a.png,60,100,240,200,600,400,train\n",
    "chestx-det": '"boxes": [\n   [\n    60,\n    100,\n    300,\n    300\n   ]\n  ]',
    "nih-bbox": "Image Index,Finding Label,Bbox [x,y,w,h],,,\na.png,nodule,60,100,240,200,,,\n",
    "label-studio": '"x": 10,\n       "y": 25,\n       "width": 40,\n       "height": 50,\n       "rotation": 0',
    cvat: 'xtl="60" ytl="100" xbr="300" ybr="300"',
    yolo: "0 0.3 0.5 0.4 0.5\n",
    "pascal-voc": "<xmin>61</xmin>",
  };

  it.each(formatNames)("%s", (name) => {
    const { files, studies, problems } = convert(name, [plain]);
    expect([...files.values()].join("")).toContain(expected[name]);
    expect(problems).toEqual([]);
    const [read] = studies[0]!.findings[0]!.boxes;
    for (const edge of ["x1", "y1", "x2", "y2"] as const) expect(read![edge]).toBeCloseTo(box[edge], 12);
    expect(studies).toHaveLength(1);
  });

  it("pascal-voc: the last pixel is inside, and a box within a pixel keeps it", () => {
    const small = study("a", [finding({ boxes: [unitBox(0.5, 0.5, 0.5001, 0.5001)] })]);
    const text = [...convert("pascal-voc", [plain, { ...small, imageId: "b.png" }]).files.values()].join("");
    expect(text).toMatch(/<xmax>300<\/xmax>\s*<ymax>300<\/ymax>/);
    expect(text).toMatch(/<xmin>301<\/xmin>\s*<ymin>201<\/ymin>\s*<xmax>301<\/xmax>\s*<ymax>201<\/ymax>/);
  });
});

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
    [
      "ms-cxr",
      [
        "studies",
        ids,
        people,
        "splits",
        "prior studies",
        "findings without a box",
        ...texts,
        "marks positive or negative",
        "labels",
        ...grouping,
        groups,
        second,
      ],
    ],
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

describe("files of other tools", () => {
  const read = (name: FormatName, texts: Readonly<Record<string, string>>, problems: Problem[] = []) =>
    readTexts(formats[name], new Map(Object.entries(texts)), films, problems);

  it("vindr-cxr: radiologists in order of appearance, a third one noted, images without finding kept", () => {
    const problems: Problem[] = [];
    const text =
      "image_id,rad_id,class_name,x_min,y_min,x_max,y_max\n" +
      "a,R10,Mass,0,0,300,200\na,R8,Mass,0,0,300,400\na,R9,Mass,0,0,1,1\nb,R8,No finding,,,,\n";
    const [a, b] = read("vindr-cxr", { "train.csv": text }, problems);
    expect(a!.findings).toMatchObject([
      { labels: ["Mass"], boxes: [unitBox(0, 0, 0.5, 0.5)], extraBoxes: [unitBox(0, 0, 0.5, 1)] },
    ]);
    expect(b).toMatchObject({ imageId: "b.png", findings: [] });
    expect(problems.map(({ code, where }) => [code, where])).toEqual([["third-reader", "train.csv, line 4"]]);
  });

  it("nih-bbox: its own header, and equal labels of an image are one finding", () => {
    const text =
      "Image Index,Finding Label,Bbox [x,y,w,h],,,\na.png,Mass,60,100,240,200,,,\na.png,Mass,0,0,6,4,,,\na.png,Nodule,0,0,6,4,,,\n";
    const [a] = read("nih-bbox", { "BBox_List_2017.csv": text });
    expect(a!.findings.map(({ labels, boxes }) => [labels, boxes.length])).toEqual([
      [["Mass"], 2],
      [["Nodule"], 1],
    ]);
  });

  it("coco: plain detections, whose categories are the labels", () => {
    const text = JSON.stringify({
      images: [{ id: 7, file_name: "x/a.png", width: 100, height: 50 }],
      annotations: [{ id: 1, image_id: 7, category_id: 3, bbox: [10, 10, 20, 20], segmentation: [], iscrowd: 0 }],
      categories: [{ id: 3, name: "Effusion", supercategory: "x" }],
    });
    expect(read("coco", { "instances.json": text })[0]).toMatchObject({
      imageId: "x/a.png",
      findings: [{ labels: ["Effusion"], boxes: [unitBox(0.1, 0.2, 0.3, 0.6)], abnormal: true }],
    });
  });

  it("radfact: phrases with and without boxes", () => {
    const target = [
      { text: "Clear.", boxes: null },
      { text: "Mass.", boxes: [{ x_min: 0, y_min: 0, x_max: 0.5, y_max: 1 }] },
    ];
    const [example] = read("radfact", { "x.json": JSON.stringify([{ example_id: 3, prediction: [], target }]) });
    expect(example).toMatchObject({ imageId: "3.png", findings: [{ boxes: [] }, { boxes: [unitBox(0, 0, 0.5, 1)] }] });
  });

  it("yolo: names from data.yaml, and lines that are none", () => {
    const problems: Problem[] = [];
    const studies = read(
      "yolo",
      { "data.yaml": "names:\n  0: Mass\n", "labels/a.txt": "0 0.5 0.5 1 1\nx 1\n" },
      problems,
    );
    expect(studies[0]).toMatchObject({
      imageId: "a.png",
      findings: [{ labels: ["Mass"], boxes: [unitBox(0, 0, 1, 1)] }],
    });
    expect(problems).toMatchObject([{ where: "labels/a.txt, line 2" }]);
  });

  it("label-studio and cvat: turned boxes are refused, and what is not held is counted", () => {
    const problems: Problem[] = [];
    const value = { x: 0, y: 0, width: 50, height: 100, rectanglelabels: ["Mass"] };
    const result = [
      { id: "q", type: "rectanglelabels", from_name: "l", to_name: "i", value },
      { id: "r", type: "rectanglelabels", from_name: "l", to_name: "i", value: { ...value, rotation: 30 } },
    ];
    const task = [{ id: 1, data: { image: "/data/upload/1/0a1b2c3d-a.png" }, annotations: [{ result }] }];
    expect(read("label-studio", { "x.json": JSON.stringify(task) }, problems)[0]).toMatchObject({
      imageId: "a.png",
      findings: [{ labels: ["Mass"], boxes: [unitBox(0, 0, 0.5, 1)] }],
    });
    const xml =
      '<annotations><version>1.1</version><image id="0" name="f/a.png" width="600" height="400">' +
      '<box label="Mass" xtl="0" ytl="0" xbr="300" ybr="400"><attribute name="side">left</attribute></box>' +
      '<box label="Mass" xtl="0" ytl="0" xbr="300" ybr="400" rotation="12"/></image></annotations>';
    expect(read("cvat", { "x.xml": xml }, problems)[0]).toMatchObject({
      imageId: "a.png",
      findings: [{ labels: ["Mass"], boxes: [unitBox(0, 0, 0.5, 1)] }],
    });
    expect(problems.map(({ code, what }) => (code === "not-held" ? what : code))).toEqual([
      ...["bad-boxes", "bad-boxes", 'Not held: 1 × attributes "side".'],
    ]);
  });

  it("label-studio: other regions, texts, predictions and fields are counted by kind", () => {
    const problems: Problem[] = [];
    const result = [
      { id: "q", type: "polygonlabels", value: { points: [[0, 0]], polygonlabels: ["Mass"] } },
      { id: "r", type: "polygonlabels", value: { points: [[0, 0]], polygonlabels: ["Mass"] } },
      { id: "s", type: "choices", value: { choices: ["poor film"] }, score: 0.5 },
      { id: "t", type: "textarea", from_name: "remark", value: { text: ["CANARY"] } },
    ];
    const task = {
      ...{ id: 1, data: { image: "a.png", age: 70 }, predictions: [{ result: [] }], meta: {}, total_predictions: 1 },
      annotations: [{ result, was_cancelled: true, ground_truth: false }],
    };
    read("label-studio", { "x.json": JSON.stringify([task]) }, problems);
    expect(problems.map(({ code, what }) => [code, what])).toEqual(
      [
        ...['task fields "predictions"', 'data fields "age"', "cancelled annotations"],
        ...['results of type "polygonlabels"', 'results of type "choices"', 'result fields "score"', 'texts "remark"'],
      ].map((kind) => ["not-held", `Not held: ${kind.includes("polygon") ? 2 : 1} × ${kind}.`]),
    );
  });

  it("cvat: other shapes, tracks, groups and marks are counted by kind", () => {
    const problems: Problem[] = [];
    const box = 'label="Mass" xtl="0" ytl="0" xbr="300" ybr="400"';
    const xml =
      '<annotations><version>1.1</version><meta><task/></meta><track id="0"/><track id="1"/>' +
      '<image id="0" name="a.png" width="600" height="400" task_id="4"><polygon points="0,0"/><polygon points="0,1"/>' +
      `<mask rle="1"/><box ${box} occluded="1" z_order="0" group_id="3"/><box ${box} occluded="0"/></image></annotations>`;
    expect(read("cvat", { "x.xml": xml }, problems)[0]!.findings[0]!.boxes).toHaveLength(2);
    expect(problems.map(({ what }) => what)).toEqual([
      ...['1 × elements "meta"', '2 × elements "track"', '2 × shapes "polygon"'].map((kind) => `Not held: ${kind}.`),
      ...[
        '1 × shapes "mask"',
        '1 × image attributes "task_id"',
        '1 × box properties "group_id"',
        '1 × box properties "occluded"',
      ].map((kind) => `Not held: ${kind}.`),
    ]);
  });

  it("films of unknown size are problems, for formats in pixels", () => {
    for (const name of formatNames.filter((format) => formats[format].needsSizes)) {
      const problems: Problem[] = [];
      const unknown = { ...study("a", [finding()]), imageId: "a.jpg" };
      const files = wholeTexts(formats[name].write([unknown], films, problems));
      expect([name, problems.map(({ code }) => code)]).toEqual([name, ["unknown-size"]]);
      expect([...files.values()].join("")).not.toContain("a.jpg");
    }
  });
});

describe("hostile files", () => {
  it("are errors that name the file and repeat nothing of it", () => {
    const texts = [
      "",
      "CANARY",
      "[1,2",
      '{"CANARY":1}',
      "[[[[",
      "<a><CANARY>",
      "<!DOCTYPE x [<!ENTITY a 'CANARY'>]><x>&a;</x>",
    ];
    for (const name of formatNames) {
      for (const text of texts) {
        const problems: Problem[] = [];
        const files = new Map(formats[name].endings.map((ending) => [`file${ending}`, text]));
        try {
          readTexts(formats[name], files, films, problems);
        } catch (error) {
          expect([name, error]).toEqual([name, expect.any(DataError)]);
          expect((error as DataError).message).not.toContain("CANARY");
        }
        expect(JSON.stringify(problems.map(({ what }) => what))).not.toContain("CANARY");
      }
    }
  });

  it("are studies, problems or errors, with characters changed at random", () => {
    const random = new Random(9);
    const good = study("a", [finding({ sentence: { en: "Nodule.", es: "Nódulo." } })], { split: "train" });
    for (const name of formatNames) {
      for (let i = 0; i < 40; i++) {
        const files = new Map(
          [...wholeTexts(formats[name].write([good], films, []))].map(([path, text]) => {
            const at = random.integer(text.length + 1);
            const odd = random.choose(["", "\u0000", '"', "<", "[", "}", "1e999", "-1", ",", "\n", "é"]);
            return [path, text.slice(0, at) + odd + text.slice(at + random.integer(4))];
          }),
        );
        try {
          readTexts(formats[name], files, films, []);
        } catch (error) {
          expect([name, error]).toEqual([name, expect.any(DataError)]);
        }
      }
    }
  });
});
