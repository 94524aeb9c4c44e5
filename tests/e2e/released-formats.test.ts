/** Files as data sets and labelling tools ship them, through `data convert` by the way that finds the format itself. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registry } from "../../src/cli/commands/index.ts";
import { encodePng8 } from "../../src/images/node/encode.ts";
import { captureCli } from "../support/capture-cli.ts";
import { dicomFile } from "../support/dicom-file.ts";

let folder: string;
let films: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "released-"));
  films = join(folder, "films");
  await mkdir(films);
  const [width, height] = [600, 400];
  await writeFile(join(films, "a.png"), await encodePng8({ width, height }, new Uint8Array(width * height)));
  const pixels = Buffer.alloc(width * height);
  await writeFile(join(films, "v.dicom"), dicomFile({ rows: height, columns: width, bits: [8, 8, 7], pixels }));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

interface Released {
  readonly format: string;
  readonly files: Readonly<Record<string, string>>;
  /** Label or sentence, first and second reader's boxes in pixels of a film of 600 × 400, by the film. */
  readonly studies: Readonly<Record<string, readonly (readonly [string, ...(readonly number[])[]])[]>>;
  readonly problems?: readonly string[];
}

const json = (value: unknown) => JSON.stringify(value, undefined, 1);
const box = { x: 10, y: 25, width: 40, height: 50, rotation: 0 };
const region = (id: string, more: object = {}, value: object = {}) => ({
  ...{ id, type: "rectanglelabels", from_name: "label", to_name: "image", origin: "manual" },
  ...{ original_width: 600, original_height: 400, image_rotation: 0 },
  value: { ...box, rectanglelabels: ["Mass"], ...value },
  ...more,
});
const mass = ["Mass", [60, 100, 300, 300]] as const;
const cocoOf = (images: object, annotation: object) =>
  json({
    info: { year: 2024, contributor: "x" },
    licenses: [],
    images: [{ id: 0, ...images }],
    annotations: [
      { id: 0, image_id: 0, category_id: 0, bbox: [60, 100, 240, 200], area: 48000, iscrowd: 0, ...annotation },
    ],
    categories: [{ id: 0, name: "Mass", supercategory: "" }],
  });
const size = { width: 600, height: 400 };

const released: Readonly<Record<string, Released>> = {
  "COCO from Label Studio": {
    format: "coco",
    files: { "result.json": cocoOf({ ...size, file_name: "images/0a1b2c3d-a.png" }, { segmentation: [], ignore: 0 }) },
    studies: { "a.png": [mass] },
  },
  "COCO from CVAT": {
    format: "coco",
    files: {
      "annotations/instances_default.json": cocoOf(
        { ...size, file_name: "sub/a.png", license: 0, flickr_url: "", coco_url: "", date_captured: 0 },
        { segmentation: [[60, 100, 300, 100, 300, 300]], attributes: { occluded: false, side: "left" } },
      ),
    },
    studies: { "a.png": [mass] },
    problems: ['1 × annotation fields "segmentation"', '1 × attributes "side"'],
  },
  "COCO whose lists do not fit together": {
    format: "coco",
    files: {
      "x.json": json({
        images: [{ id: 1, file_name: "a.png" }],
        annotations: [
          { image_id: 1, category_id: 9, bbox: [60, 100, 240, 200] },
          { image_id: 2, category_id: 1, bbox: [0, 0, 1, 1] },
          { image_id: 1, caption: "Clear.", bbox: [] },
        ],
        categories: [{ id: 1, name: "Mass" }],
      }),
    },
    studies: { "a.png": [["", [60, 100, 300, 300]], ["Clear."]] },
    problems: ["1 annotations are of images", "1 annotations are of categories"],
  },
  "films of one name in two folders": {
    format: "yolo",
    files: { "classes.txt": "Mass\n", "train/a.txt": "0 0.3 0.5 0.4 0.5\n", "val/a.txt": "0 0.5 0.5 1 1\n" },
    studies: { "a.png": [["Mass", [60, 100, 300, 300], [0, 0, 600, 400]]] },
    problems: ["the two are one study"],
  },
  "MS-CXR, JSON": {
    format: "coco",
    files: {
      "MS_CXR_Local_Alignment_v1.1.0.json": cocoOf(
        { path: "files/p10/p10000001/s50000001/b.jpg", num_slices: 1 },
        { label_text: "large mass", ...size },
      ),
    },
    studies: { "b.jpg": [["large mass", [60, 100, 300, 300]]] },
  },
  "MS-CXR, CSV": {
    format: "ms-cxr",
    files: {
      "MS_CXR_Local_Alignment_v1.1.0.csv":
        "category_name,dicom_id,label_text,path,x,y,w,h,image_width,image_height,split\n" +
        'Pneumonia,b,"large, dense mass",files/p10/p10000001/s50000001/b.jpg,60,100,240,200,600,400,val\n',
    },
    studies: { "b.jpg": [["large, dense mass", [60, 100, 300, 300]]] },
  },
  "VinDr-CXR, train.csv": {
    format: "vindr-cxr",
    files: {
      "train.csv":
        "image_id,class_name,class_id,rad_id,x_min,y_min,x_max,y_max\n" +
        "a,Mass,3,R10,60.0,100.0,300.0,300.0\na,Mass,3,R8,54,100,300,300\na,No finding,14,R17,,,,\n" +
        "v,No finding,14,R2,,,,\nv,No finding,14,R3,,,,\nv,Nodule,8,R4,0,0,1,1\n",
    },
    studies: { "a.png": [["Mass", [60, 100, 300, 300], [54, 100, 300, 300]]], "v.dicom": [] },
    problems: ["A third reader's box is left out"],
  },
  "ChestX-Det": {
    format: "chestx-det",
    files: {
      "ChestX_Det_train.json": json([
        {
          file_name: "a.png",
          syms: ["Mass"],
          boxes: [[60, 100, 300, 300]],
          polygons: [
            [
              [60, 100],
              [300, 300],
            ],
          ],
        },
        { file_name: "36204.png", syms: [], boxes: [], polygons: [] },
      ]),
    },
    studies: { "a.png": [mass], "36204.png": [] },
    problems: ['1 × image fields "polygons"'],
  },
  "NIH, BBox_List_2017.csv": {
    format: "nih-bbox",
    files: {
      "BBox_List_2017.csv": "Image Index,Finding Label,Bbox [x,y,w,h],,,\r\na.png,Mass,60.0,100.0,240.0,200.0,,,\r\n",
    },
    studies: { "a.png": [mass] },
  },
  "Label Studio, JSON": {
    format: "label-studio",
    files: {
      "project-1.json": json([
        {
          id: 1,
          data: { image: "/data/local-files/?d=chest%20films/a.png" },
          annotations: [
            { id: 1, completed_by: 3, was_cancelled: true, result: [region("x", {}, { x: 0 })] },
            {
              id: 2,
              completed_by: 1,
              was_cancelled: false,
              result: [
                region("p"),
                region("q", {}, { rotation: 12.5 }),
                region("r", { image_rotation: 90 }),
                { from_id: "p", to_id: "q", type: "relation", direction: "right" },
              ],
            },
            { id: 3, completed_by: 2, result: [region("s", {}, { x: 9 })] },
            { id: 4, completed_by: 4, result: [region("t")] },
          ],
          predictions: [],
          meta: {},
        },
      ]),
    },
    studies: { "a.png": [["Mass", [60, 100, 300, 300], [54, 100, 294, 300]]] },
    problems: [
      ...["1 more annotations", "turned", "turned", "cancelled annotations"],
      ...["relation", '"from_id"', '"to_id"', '"direction"'],
    ],
  },
  "Label Studio, JSON_MIN": {
    format: "label-studio",
    files: {
      "project-1-min.json": json(
        [10, 9, 8].map((x, i) => ({
          ...{ id: 5, image: "/data/upload/1/0a1b2c3d-a.png", annotator: i, annotation_id: 20 + i, lead_time: 3.5 },
          label: [{ ...box, x, rectanglelabels: ["Mass"], original_width: 600, original_height: 400 }],
          quality: "poor",
        })),
      ),
    },
    studies: { "a.png": [["Mass", [60, 100, 300, 300], [54, 100, 294, 300]]] },
    problems: ["1 more annotations", '3 × data fields "quality"'],
  },
  "CVAT for images 1.1": {
    format: "cvat",
    files: {
      "annotations.xml":
        '<?xml version="1.0" encoding="utf-8"?>\n<annotations><version>1.1</version><meta><job><id>4</id></job></meta>' +
        '<image id="0" name="sub/a.png" width="600" height="400"><box label="Mass" source="manual" occluded="1" ' +
        'xtl="60.00" ytl="100.00" xbr="300.00" ybr="300.00" z_order="0"><attribute name="side">left</attribute></box>' +
        '<polygon label="Mass" points="1,1;2,2;3,1" z_order="0"/></image></annotations>',
    },
    studies: { "a.png": [mass] },
    problems: ['"meta"', '"polygon"', '"side"', '"occluded"'],
  },
  "YOLO 1.1 from CVAT": {
    format: "yolo",
    files: {
      "obj.data": "classes = 2\nnames = data/obj.names\ntrain = data/train.txt\n",
      "obj.names": "Nodule\nMass\n",
      "train.txt": "data/obj_train_data/a.png\n",
      "obj_train_data/a.txt": "1 0.300000 0.500000 0.400000 0.500000\n",
    },
    studies: { "a.png": [mass] },
    problems: ["No line of it is a class and a box"],
  },
  "YOLO of Ultralytics and Roboflow": {
    format: "yolo",
    files: {
      "args.yaml": "epochs: 3\n",
      "data.yaml": "path: .\ntrain: images/train\nnc: 1\nnames:\n  1: Mass\n",
      "README.dataset.txt": "Chest films, 2 classes.\n",
      "labels/train/a.txt": "1 0.3 0.5 0.4 0.5 0.91\n1 0.1 0.1 0.2 0.1 0.2 0.2 0.1 0.2\n7 0.5 0.5 1 1\n",
    },
    studies: { "a.png": [mass, ["class 7", [0, 0, 600, 400]]] },
    problems: ["No line of it", "1 × confidences", "1 × outlines", "1 classes have no name"],
  },
  "Pascal VOC": {
    format: "pascal-voc",
    files: {
      "Annotations/a.xml":
        "<annotation><folder>VOC</folder><filename>a.png</filename><source><database>x</database></source>" +
        "<size><width>600</width><height>400</height><depth>3</depth></size><segmented>0</segmented>" +
        "<object><name>Mass</name><pose>Unspecified</pose><truncated>1</truncated><difficult>0</difficult>" +
        "<bndbox><xmin>61</xmin><ymin>101</ymin><xmax>300</xmax><ymax>300</ymax></bndbox></object>" +
        "<object><name>Nodule</name><pose>Left</pose><truncated>0</truncated><difficult>1</difficult>" +
        "<bndbox><xmin>0</xmin><ymin>1</ymin><xmax>6</xmax><ymax>4</ymax></bndbox></object></annotation>",
    },
    studies: { "a.png": [mass, ["Nodule", [-1, 0, 6, 4]]] },
    problems: ["1 boxes begin before pixel 1", '"truncated"', '"pose"', '"difficult"'],
  },
};

async function convert(name: string, files: Readonly<Record<string, string>>) {
  const root = join(folder, name.replace(/\W+/g, "-"));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const out = `${root}-converted`;
  const argv = ["data", "convert", root, out, "--to", "padchest-gr", "--images", films, "--json"];
  return { out, ...(await captureCli(registry, argv)) };
}

describe("what others release is read as they mean it, and what is left out is told", () => {
  it.each(Object.entries(released))("%s", async (name, { format, files, studies, problems = [] }) => {
    const { stdout, stderr, out } = await convert(name, files);
    expect(stderr).toBe("");
    const document: { from: string; problems: { what: string }[] } = JSON.parse(stdout);
    expect(document.from).toBe(format);
    const records: Record<string, unknown>[] = JSON.parse(
      await readFile(join(out, "grounded_reports_converted.json"), "utf8"),
    );
    const pixels = (corners: number[]) => corners.map((v, i) => Math.round(v * [600, 400][i % 2]! * 1000) / 1000);
    const found = records.map(({ ImageID, findings }) => [
      ImageID,
      (findings as { sentence_en: string; labels: string[]; boxes: number[][]; extra_boxes: number[][] }[]).map(
        ({ sentence_en, labels, boxes, extra_boxes }) => [
          sentence_en === "" ? (labels[0] ?? "") : sentence_en,
          ...[...boxes, ...extra_boxes].map(pixels),
        ],
      ),
    ]);
    expect(Object.fromEntries(found)).toEqual(studies);
    expect(document.problems.map(({ what }) => what)).toEqual(problems.map((what) => expect.stringContaining(what)));
  });

  it("CVAT for video is refused with what to export instead", async () => {
    const track =
      '<annotations><version>1.1</version><track id="0" label="Mass"><box frame="0" keyframe="1" outside="0" ' +
      'occluded="0" xtl="1" ytl="1" xbr="2" ybr="2" z_order="0"/></track></annotations>';
    const { exitCode, stderr } = await convert("video", { "annotations.xml": track });
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining("CVAT for images 1.1")]);
  });
});
