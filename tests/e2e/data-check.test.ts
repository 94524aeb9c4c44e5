/** `data check` of a set with one of everything it looks for, through the command line: figures computed by hand, places, and the page. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import gpt2 from "gpt-3-encoder";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registry } from "../../src/cli/commands/index.ts";
import { encodePng16 } from "../../src/images/node/index.ts";
import { gpt2TokenizerFiles } from "../../src/text/node/index.ts";
import { itInBrowser } from "../support/browser.ts";
import { captureCli } from "../support/capture-cli.ts";
import { dicomFile } from "../support/dicom-file.ts";

type Corners = readonly [number, number, number, number];

interface Said {
  readonly en?: string;
  readonly abnormal?: boolean;
  readonly boxes?: readonly Corners[];
  readonly extra?: readonly Corners[];
  readonly progression?: string;
}

interface Report {
  readonly problems: readonly { readonly code: string; readonly where: string; readonly what: string }[];
  readonly [key: string]: unknown;
}

/** Of films whose size does not matter. */
const [width, height] = [200, 240];

let folder: string;
let root: string;
let report: Report;
let counter = 0;
const records: unknown[] = [];
const lines: string[] = [];

/** Sums of waves of up to 12 bits; each serial number is another film. */
function waves(serial: number, columns = width, rows = height): Uint16Array {
  const [fx, fy, phase] = [5 + (serial % 7), 4 + ((serial * 3) % 11), serial * 1.7];
  return Uint16Array.from({ length: columns * rows }, (_, i) => {
    const [x, y] = [(i % columns) / columns, Math.floor(i / columns) / rows];
    return Math.round(2000 + 900 * Math.sin(fx * x + phase) + 900 * Math.cos(fy * y + phase * x));
  });
}

function png(pixels: Uint16Array, columns = width, rows = height): Promise<Uint8Array> {
  return encodePng16({ width: columns, height: rows }, pixels);
}

interface Place {
  readonly split?: string;
  readonly patient?: string;
  readonly film?: Uint8Array;
  readonly file?: string;
  readonly before?: string;
}

async function study(name: string, findings: readonly Said[], place: Place = {}): Promise<void> {
  const { split = "train", patient = `CANARY-${name}`, file = `${name}.png`, before } = place;
  records.push({
    StudyID: name,
    ImageID: file.replace(/\.dcm$/, ".png"),
    ...(before && { PreviousStudyID: before, PreviousImageID: `${before}.png` }),
    findings: findings.map(({ en, abnormal = true, boxes = [], extra = [], progression }, i) => ({
      sentence_en: en ?? `CANARY ${name} ${i}.`,
      sentence_es: "",
      abnormal,
      boxes,
      extra_boxes: extra,
      progression: progression ?? null,
    })),
  });
  lines.push(`${name},${split},${patient}\n`);
  await writeFile(join(root, file), place.film ?? (await png(waves(100 + counter++))));
}

const wide: readonly Corners[] = [
  [0, 0, 0.3, 1],
  [0, 0.2, 0.5, 0.4],
  [0.4, 0, 0.6, 1],
  [0.9, 0.9, 1.2, 1.1],
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "data-check-"));
  root = join(folder, "set");
  await mkdir(root);
  const shown = (boxes: readonly Corners[]) => boxes.map((box) => ({ boxes: [box] }));
  // The crop shows the middle third of each: 1/3 to 2/3.
  await study("wide", shown(wide), { film: await png(waves(1, 300, 100), 300, 100) });
  const tall = wide.map(([x1, y1, x2, y2]): Corners => [y1, x1, y2, x2]);
  await study("tall", shown(tall), { film: await png(waves(2, 100, 300), 100, 300) });

  await study(
    "readers",
    [
      { boxes: [[0, 0, 0.5, 0.5]], extra: [[0, 0, 0.5, 0.5]] },
      { boxes: [[0, 0, 1, 1]], extra: [[0, 0, 1, 0.1]] },
      // 0.1 × 0.2 of both, 0.3 × 0.2 of either, whatever overlaps within one reader.
      {
        boxes: [
          [0, 0, 0.2, 0.2],
          [0.1, 0, 0.2, 0.2],
        ],
        extra: [[0.1, 0, 0.3, 0.2]],
      },
      { boxes: [[0, 0, 0.5, 0.5]], extra: [[0.5, 0, 1, 0.5]] },
      { boxes: [[0, 0, 0.5, 0.5]] },
    ],
    { film: await png(waves(5, 100, 100), 100, 100) },
  );

  const odd = [
    "N\u00c3\u00b3dulo.",
    "\u00c3\u2030dema.",
    "No\u200bdule.",
    "No\u0007dule.",
    "A 1.5 cm nodule.",
    "No full stop",
  ];
  await study(
    "texts",
    odd.map((en) => ({ en })),
  );
  const long = new Array(30).fill("nodule").join(" nodule ");
  // Sixteen tokens, one more than are generated, and fifteen.
  await study("long", [{ en: long }, { en: `${" a".repeat(15).trim()}.` }, { en: `${" a".repeat(14).trim()}.` }]);

  await study("stable", [{ progression: "stable" }], { before: "earlier", patient: "CANARY-same" });
  await study("earlier", [], { patient: "CANARY-same" });
  await study("stranger", [{ progression: "worsened" }], { before: "earlier" });
  await study("nothing-before", [{ progression: "improved" }, { abnormal: false, progression: "stable" }]);

  const film = waves(3);
  const raw = { width, height, channels: 1 as const };
  const bytes = () =>
    sharp(
      Uint8Array.from(film, (level) => level >> 4),
      { raw },
    ).toColourspace("b-w");
  const dicom = { rows: height, columns: width, bits: [16, 12, 11] as const, pixels: Buffer.from(film.buffer) };
  const jpeg = await bytes().jpeg({ quality: 50 }).toBuffer();
  const test = { split: "test" };
  await study("film", [], { film: await png(film) });
  await study("copy", [], { film: await png(film) });
  await study("dicom", [], { ...test, file: "dicom.dcm", film: dicomFile(dicom) });
  await study("scaled", [], { ...test, film: await bytes().resize(100, 130, { fit: "fill" }).png().toBuffer() });
  await study("jpeg", [], { split: "validation", file: "jpeg.jpg", film: jpeg });
  await study("bright", [], { ...test, film: await png(film.map((level) => 9000 + 3 * level)) });
  await study("negative", [], { ...test, film: await png(film.map((level) => 4095 - level)) });
  await study("another", [], { ...test, film: await png(waves(4)) });

  await writeFile(join(root, "grounded_reports_x.json"), JSON.stringify(records));
  await writeFile(join(root, "master_table.csv"), `StudyID,split,PatientID\n${lines.join("")}`);
  await mkdir(join(folder, "gpt2"));
  for (const [name, content] of Object.entries(await gpt2TokenizerFiles()))
    await writeFile(join(folder, "gpt2", name), JSON.stringify(content));
  report = JSON.parse((await check("--json", "--tokenizer", join(folder, "gpt2"))).stdout);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function check(...more: string[]) {
  const run = await captureCli(registry, ["data", "check", root, ...more]);
  expect([run.exitCode, run.stderr.replace(/^read films.*\n/m, "")]).toEqual([3, ""]);
  return run;
}

const sentences = () =>
  (records as { findings: { sentence_en: string }[] }[]).flatMap(({ findings }) =>
    findings.map((finding) => finding.sentence_en),
  );
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** `where: what` of each problem of a kind. */
const problems = (code: string) =>
  report.problems.flatMap((problem) => (problem.code === code ? [`${problem.where}: ${problem.what}`] : []));

describe("data check", () => {
  it("sums up boxes: area, width and height on the film", () => {
    const boxes = (records as { findings: { boxes: Corners[] }[] }[]).flatMap(({ findings }) =>
      findings.flatMap((finding) => finding.boxes),
    );
    const cut = (value: number) => Math.min(1, Math.max(0, value));
    const areas = boxes.map(([x1, y1, x2, y2]) => (cut(x2) - cut(x1)) * (cut(y2) - cut(y1))).sort((a, b) => a - b);
    expect(areas).toHaveLength(14);
    expect(report.boxes).toBe(14);
    const statistics = report.boxStatistics as { area: Record<string, number>; perFinding: { counts: number[] } };
    expect(statistics.area.least).toBeCloseTo(0.01, 12);
    expect(statistics.area.most).toBe(1);
    expect(statistics.area.median).toBeCloseTo((areas[6]! + areas[7]!) / 2, 12);
    expect(statistics.area.mean).toBeCloseTo(sum(areas) / 14, 12);
    expect(statistics.perFinding.counts).toEqual([13, 12, 1, 0, 0, 0, 0, 0, 0, 0]);
  });

  it("finds the boxes outside the encoder's view, of wide and of tall films", async () => {
    // The third is within, the second loses its left two thirds; the two others are lost.
    expect(report.view).toEqual({ fit: "crop", boxes: 14, cut: 6, lost: 4 });
    const places = ["wide, finding 1", "wide, finding 4", "tall, finding 1", "tall, finding 4"];
    expect(problems("box-outside-view").map((text) => text.split(":")[0])).toEqual(
      places.map((place) => `study ${place}`),
    );
    const padded = JSON.parse((await check("--json", "--fit", "pad")).stdout);
    expect(padded.view).toEqual({ fit: "pad", boxes: 14, cut: 0, lost: 0 });
  });

  it("compares two readers", () => {
    const { findings, disjoint, iou, iouHistogram } = report.readerAgreement as Record<string, never> & {
      iou: Record<string, number>;
    };
    expect([findings, disjoint, iou.least, iou.most]).toEqual([4, 1, 0, 1]);
    expect(iou.mean).toBeCloseTo((1 + 0.1 + 1 / 3 + 0) / 4, 12);
    expect(iouHistogram).toEqual({ from: 0, to: 1, counts: [1, 1, 0, 1, 0, 0, 0, 0, 0, 1] });
  });

  it("counts words and tokens, and names odd sentences", () => {
    const { en } = report.text as Record<string, Record<string, never> & { tokens: Record<string, number> }>;
    expect(en).toMatchObject({ oddCharacters: 2, wronglyDecoded: 2, withoutFullStop: 2, innerFullStop: 1 });
    expect(en!.words).toMatchObject({ least: 1, most: 59 });
    // GPT-2's tokens as another implementation counts them.
    const counts = sentences().map((sentence) => gpt2.encode(sentence).length);
    expect(en!.tokens).toMatchObject({
      count: { least: Math.min(...counts), most: Math.max(...counts), mean: sum(counts) / counts.length },
      paddingLength: Math.max(...counts),
      cutInTraining: 0,
      longerThanGenerated: 2,
    });
    expect(problems("odd-text").map((text) => text.split(": ")[0])).toEqual([
      "study texts, finding 3; study texts, finding 4",
      "study texts, finding 1; study texts, finding 2",
    ]);
  });

  it("finds copies whatever their file, and lookalikes across splits, but no other film", () => {
    expect(problems("duplicate-content-across-splits")).toEqual([
      "images film.png (train), copy.png (train), dicom.png (test): 3 images have the same pixels.",
    ]);
    expect(problems("near-duplicate")).toEqual([
      "images film.png (train), copy.png (train), dicom.png (test), scaled.png (test), jpeg.jpg (validation), bright.png (test), negative.png (test): 7 films of different splits look the same.",
    ]);
    expect(report.images).toMatchObject({ readable: records.length, missing: 0, broken: 0 });
  });

  it("finds change over time that does not fit together", () => {
    expect(report.progression).toEqual({
      studiesWithPrior: 2,
      priorImagesFound: 2,
      stable: 2,
      improved: 1,
      worsened: 1,
    });
    expect(problems("odd-progression")).toEqual([
      "study stranger: The study before, earlier, is another patient's.",
      "study nothing-before, finding 1: It is improved, and no study before is named.",
      "study nothing-before, finding 2: It is stable, and no study before is named.",
      "study nothing-before, finding 2: It is stable, and the sentence is negative.",
    ]);
  });

  it("says the same each time, as JSON and for people, with nothing private", async () => {
    const [first, second, text] = [await check("--json"), await check("--json"), await check()];
    expect(second.stdout).toBe(first.stdout);
    const { errors, warnings } = JSON.parse(first.stdout);
    expect([errors, warnings]).toEqual([1, report.problems.length - 1]);
    for (const line of [
      "encoder's view (fit crop): 6 of 14 boxes cut, 4 outside it",
      "two readers: 4 findings, overlap (IoU) 0.36 on average, 1 disjoint",
      "progression: 2 studies with one before (2 of their films found); 2 findings stable, 1 improved, 1 worsened",
      `1 errors, ${warnings} warnings`,
    ])
      expect(text.stdout).toContain(line);
    for (const { stdout } of [first, text]) expect(stdout).not.toContain("CANARY");
  });

  itInBrowser(
    "writes a page that a browser shows whole: histograms, films, no error, nothing from outside",
    async (page) => {
      const path = join(folder, "check.html");
      await check("--html", path, "--tokenizer", "tiny-gpt2");
      const complaints: string[] = [];
      const asked: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", ({ message }) => complaints.push(message));
      page.on("request", (request) => asked.push(request.url()));
      await page.goto(pathToFileURL(path).href);
      // As text: the tests have no types of a browser.
      const seen = (await page.evaluate(`(async () => {
      const films = await Promise.all([...document.querySelectorAll("image")].map(async (image) => {
        const picture = new Image();
        picture.src = image.getAttribute("href");
        await picture.decode();
        return [picture.naturalWidth, Math.round(image.getBoundingClientRect().width)];
      }));
      return { histograms: document.querySelectorAll("figure:has(rect.bar)").length, films };
    })()`)) as { histograms: number; films: [number, number][] };
      // Box area, boxes a finding, words, tokens, agreement.
      expect(seen.histograms).toBe(5);
      // Six cut boxes, three disagreements, six of the lookalikes.
      expect(seen.films).toHaveLength(15);
      for (const [width, shown] of seen.films) expect([width > 50, shown]).toEqual([true, width]);
      expect(complaints).toEqual([]);
      expect(asked.filter((url) => !url.startsWith("data:"))).toEqual([pathToFileURL(path).href]);
      expect(await readFile(path, "utf8")).not.toContain("CANARY");
    },
  );
});
