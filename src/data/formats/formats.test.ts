import { describe, expect, it } from "vitest";
import { box, convert, films, finding, study } from "../../../tests/support/format-studies.ts";
import { DataError } from "../../base/errors.ts";
import { Random } from "../../base/random.ts";
import { unitBox } from "../../images/index.ts";
import type { Problem } from "../problems.ts";
import { type FormatName, formatNames, formats, readTexts, wholeTexts } from "./index.ts";

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

it("films of unknown size are problems, for formats in pixels", () => {
  for (const name of formatNames.filter((format) => formats[format].needsSizes)) {
    const problems: Problem[] = [];
    const unknown = { ...study("a", [finding()]), imageId: "a.jpg" };
    const files = wholeTexts(formats[name].write([unknown], films, problems));
    expect([name, problems.map(({ code }) => code)]).toEqual([name, ["unknown-size"]]);
    expect([...files.values()].join("")).not.toContain("a.jpg");
  }
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
