import { describe, expect, it } from "vitest";
import { films } from "../../../tests/support/format-studies.ts";
import { unitBox } from "../../images/index.ts";
import type { Problem } from "../problems.ts";
import { type FormatName, formats, readTexts } from "./index.ts";

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
});
