/** Every format to every other one by `data convert`: the boxes stay, and exactly what the two do not share is listed. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { registry } from "../../src/cli/commands/index.ts";
import { type FormatName, formatNames } from "../../src/data/formats/index.ts";
import { openDataset } from "../../src/data/node/index.ts";
import { encodePng8 } from "../../src/images/node/encode.ts";
import { captureCli } from "../support/capture-cli.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "matrix-"));
  for (const [name, width, height] of [
    ["a.png", 600, 400],
    ["b.png", 250, 500],
  ] as const) {
    await writeFile(join(folder, name), await encodePng8({ width, height }, new Uint8Array(width * height)));
  }
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Corners on whole pixels of their films, so that Pascal VOC rounds nothing. */
const boxes = {
  a: [
    [0.1, 0.25, 0.5, 0.75],
    [0, 0, 1, 1],
  ],
  second: [[0.12, 0.25, 0.5, 0.7]],
  b: [[0.2, 0.1, 0.4, 0.9]],
};
const records = [
  {
    StudyID: "9".repeat(39),
    ImageID: "a.png",
    PreviousStudyID: "7".repeat(39),
    PreviousImageID: "0.png",
    findings: [
      {
        sentence_en: 'A "nodule", 5 mm; <b>.',
        sentence_es: "Nódulo.\nOtro.",
        abnormal: true,
        boxes: boxes.a,
        extra_boxes: boxes.second,
        labels: ["nodule"],
        locations: ["left", "upper lobe"],
        progression: "stable",
      },
      { sentence_en: "No effusion.", sentence_es: "", abnormal: false },
    ],
  },
  {
    StudyID: "8".repeat(39),
    ImageID: "b.png",
    findings: [{ sentence_en: "Mass.", sentence_es: "Masa.", abnormal: true, boxes: boxes.b, labels: ["mass & more"] }],
  },
];
const master = `StudyID,split,PatientID\n${"9".repeat(39)},train,p1\n${"8".repeat(39)},test,p2\n`;

const rich: readonly FormatName[] = ["padchest-gr", "coco", "label-studio", "cvat"];
const withoutLabels: readonly FormatName[] = ["authors-csv", "radfact"];

/** What the set says, under the name that a loss of it has, and the formats that the guide promises it to. */
const facts: readonly (readonly [what: readonly string[], holders: readonly FormatName[]])[] = [
  [["study IDs"], ["padchest-gr", "authors-csv", "coco", "label-studio"]],
  [["patients"], ["padchest-gr", "coco", "label-studio"]],
  [["splits"], [...rich, "authors-csv", "ms-cxr"]],
  [["prior studies"], ["padchest-gr"]],
  [
    ["findings without a box", "English sentences"],
    [...rich, ...withoutLabels],
  ],
  [["English sentences"], [...rich, ...withoutLabels, "ms-cxr"]],
  [["Spanish sentences"], [...rich, "authors-csv"]],
  [["marks positive or negative"], rich],
  [["labels", "groups of labels of a finding"], formatNames.filter((name) => !withoutLabels.includes(name))],
  [["locations", "progressions"], rich],
  [
    ["second reader's boxes", "groups of boxes of a finding"],
    [...rich, "authors-csv", "vindr-cxr"],
  ],
];

async function convert(from: string, out: string, to: FormatName) {
  const argv = ["data", "convert", from, out, "--to", to, "--images", folder, "--json"];
  const { exitCode, stdout, stderr } = await captureCli(registry, argv);
  expect([from, to, exitCode, stderr]).toEqual([from, to, 0, ""]);
  const document: { losses: { what: string }[]; problems: { code: string }[] } = JSON.parse(stdout);
  // The authors' CSVs have no table of patients beside them.
  const problems = document.problems.filter(({ code }) => code !== "no-master-table");
  expect([from, to, problems]).toEqual([from, to, []]);
  return document.losses.map(({ what }) => what).sort();
}

/** The first reader's boxes of each film, the corners in millionths. */
async function boxesOf(root: string) {
  const { studies } = await openDataset(root, { imagesDir: folder });
  return studies
    .map(({ imageId, findings }) => {
      const own = findings.flatMap((finding) => finding.boxes);
      return [
        imageId,
        ...own.map(({ x1, y1, x2, y2 }) => [x1, y1, x2, y2].map((v) => Math.round(1e6 * v)).join()),
      ].sort();
    })
    .sort();
}

it("loses nothing but what the target cannot hold, for all pairs", async () => {
  const source = join(folder, "source");
  await mkdir(source);
  await writeFile(join(source, "grounded_reports_x.json"), JSON.stringify(records));
  await writeFile(join(source, "master_table.csv"), master);
  const whole = await boxesOf(source);
  expect(whole.flat()).toHaveLength(2 + 3);
  for (const [i, from] of formatNames.entries()) {
    const there = join(folder, "there", from);
    await convert(source, there, from);
    for (const to of formatNames) {
      const out = join(folder, "out", from, to);
      const lost = await convert(there, out, to);
      const expected = facts.flatMap(([what, holders]) =>
        holders.includes(from) && !holders.includes(to) ? what : [],
      );
      expect([from, to, lost]).toEqual([from, to, [...new Set(expected)].sort()]);
      // The lists of losses say that no box went missing; a second way of looking is enough once a format.
      if (to !== formatNames[(i + 5) % formatNames.length]) continue;
      const back = join(folder, "back", from, to);
      await convert(out, back, "padchest-gr");
      expect([from, to, await boxesOf(back)]).toEqual([from, to, whole]);
    }
  }
}, 120_000);
