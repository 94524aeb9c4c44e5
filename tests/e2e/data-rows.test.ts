/** Every change of the input, through the command line: the rows it writes, against values computed here. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registry } from "../../src/cli/commands/index.ts";
import { encodePng16 } from "../../src/images/node/index.ts";
import { captureCli } from "../support/capture-cli.ts";

type Corners = readonly [number, number, number, number];

interface Row {
  readonly split: string;
  readonly study: string;
  readonly language: string;
  readonly sentence: string;
  readonly boxes: readonly Corners[];
  readonly numbers: readonly number[];
  readonly picture: string;
}

const studyCount = 40;
const [width, height] = [52, 20];
const splitOf = (i: number) => (i % 4 === 3 ? "test" : i % 4 === 2 ? "validation" : "train");
const patientOf = (i: number) => `p${Math.floor(i / 2)}`;
/** Boxes well within the film, each of its own place. */
const boxOf = (i: number): Corners => [0.4 + i / 1000, 0.4, 0.5 + i / 1000, 0.6];
const secondBox = (i: number): Corners => [0.45 + i / 1000, 0.3, 0.6 + i / 1000, 0.5];
const sentencesOf = (i: number) => [`Nodule ${i}.`, `Mass ${i}.`, `No effusion ${i}.`];

let folder: string;
let root: string;
let plain: readonly Row[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "data-rows-"));
  root = join(folder, "set");
  await mkdir(root);
  const records = Array.from({ length: studyCount }, (_, i) => {
    const [one, two, three] = sentencesOf(i);
    return {
      StudyID: `s${i}`,
      ImageID: `s${i}.png`,
      findings: [
        {
          sentence_en: one,
          sentence_es: `${one} (es)`,
          abnormal: true,
          boxes: [boxOf(i)],
          extra_boxes: [secondBox(i)],
        },
        { sentence_en: two, sentence_es: `${two} (es)`, abnormal: true, boxes: [[0.1, 0.1, 0.2, 0.2], boxOf(i)] },
        { sentence_en: three, sentence_es: `${three} (es)`, abnormal: false, boxes: [] },
      ],
    };
  });
  await writeFile(join(root, "grounded_reports_x.json"), JSON.stringify(records));
  const lines = records.map(({ StudyID }, i) => `${StudyID},${splitOf(i)},${patientOf(i)}\n`);
  await writeFile(join(root, "master_table.csv"), `StudyID,split,PatientID\n${lines.join("")}`);
  // From 0 to 65535 along the rows: normalised, column x has the level 5·x.
  const film = Uint16Array.from({ length: width * height }, (_, k) => (k % width) * 1285);
  const png = await encodePng16({ width, height }, film);
  for (const { ImageID } of records) await writeFile(join(root, ImageID), png);
  plain = await rows();
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

let calls = 0;
async function rows(...more: string[]): Promise<readonly Row[]> {
  const out = join(folder, `rows-${calls++}.csv`);
  const run = await captureCli(registry, ["data", "rows", root, "--out", out, ...more]);
  expect([run.exitCode, run.stderr.replace(/warning:.*patient-in-two-splits.*\n/, "")]).toEqual([0, ""]);
  const lines = parse(await readFile(out, "utf8"), { columns: true }) as Record<string, string>[];
  return lines.map((line) => ({
    split: line.split!,
    study: line.StudyID!,
    language: line.language!,
    sentence: line.sentence!,
    boxes: JSON.parse(line.boxes!),
    numbers: JSON.parse(line.box_numbers!),
    picture: line.picture!,
  }));
}

const transformed = (transform: string, ...more: string[]) => rows("--transforms", `[${transform}]`, ...more);
const inSplit = (all: readonly Row[], split: string) => all.filter((row) => row.split === split);
const names = (all: readonly Row[]) => all.map(({ study, sentence }) => `${study} ${sentence}`);
const withoutBoxes = (all: readonly Row[]) => all.map(({ boxes: _, numbers: __, ...rest }) => rest);
const patient = (study: string) => patientOf(Number(study.slice(1)));

it("rows: every sentence in file order, split by split, with the boxes of the file", () => {
  const expected = ["train", "validation", "test"].flatMap((split) =>
    Array.from({ length: studyCount }, (_, i) => i)
      .filter((i) => splitOf(i) === split)
      .flatMap((i) => {
        const boxes = [[boxOf(i)], [[0.1, 0.1, 0.2, 0.2], boxOf(i)], []];
        return sentencesOf(i).map((sentence, k) => ({
          split,
          study: `s${i}`,
          language: "en",
          sentence,
          boxes: boxes[k],
        }));
      }),
  );
  expect(plain.map(({ numbers: _, picture: __, ...row }) => row)).toEqual(expected);
});

describe("parts of the rows", () => {
  it.each(["row", "study"])(
    "subset by %s: its share of the training rows, nested; all rows of the other splits",
    async (by) => {
      const percents = [5, 20, 50, 80, 100];
      const parts = await Promise.all(
        percents.map((percent) => transformed(`{kind: subset, percent: ${percent}, by: ${by}}`)),
      );
      const train = inSplit(plain, "train");
      const unit = (row: Row) => (by === "row" ? `${row.study} ${row.sentence}` : row.study);
      const units = new Set(train.map(unit)).size;
      let before = new Set<string>();
      for (const [i, part] of parts.entries()) {
        const kept = new Set(inSplit(part, "train").map(unit));
        expect(kept.size).toBe(Math.floor((units * percents[i]!) / 100));
        for (const name of before) expect(kept).toContain(name);
        expect(names(inSplit(part, "train"))).toEqual(names(train.filter((row) => kept.has(unit(row)))));
        for (const split of ["validation", "test"]) expect(inSplit(part, split)).toEqual(inSplit(plain, split));
        before = kept;
      }
      expect(await transformed(`{kind: subset, percent: 50, by: ${by}}`, "--seed", "1")).not.toEqual(parts[2]);
    },
  );

  it("grounded fraction: boxes on a share of the studies, every row there; the test keeps all", async () => {
    let before = new Set<string>();
    for (const percent of [0, 25, 50, 100]) {
      const part = await transformed(`{kind: grounded-fraction, percent: ${percent}}`);
      expect(withoutBoxes(part)).toEqual(withoutBoxes(plain));
      expect(inSplit(part, "test")).toEqual(inSplit(plain, "test"));
      const train = inSplit(part, "train");
      const kept = new Set(train.filter(({ boxes }) => boxes.length > 0).map(({ study }) => study));
      expect(kept.size).toBe((20 * percent) / 100);
      for (const study of before) expect(kept).toContain(study);
      for (const [i, { study, boxes }] of train.entries())
        expect(boxes).toEqual(kept.has(study) ? inSplit(plain, "train")[i]!.boxes : []);
      before = kept;
    }
  });
});

describe("box noise", () => {
  const noisy = (level: number, side: string) => transformed(`{kind: box-noise, level: ${level}, side: ${side}}`);
  const centre = ([x1, y1, x2, y2]: Corners) => [(x1 + x2) / 2, (y1 + y2) / 2];

  it("levels 0 to 5: within the paper's bounds, in one direction and in proportion to the level", async () => {
    const levels = await Promise.all([0, 1, 2, 3, 4, 5].map((level) => noisy(level, "both")));
    expect(levels[0]).toEqual(plain);
    for (const [level, all] of levels.entries()) {
      expect(withoutBoxes(all)).toEqual(withoutBoxes(plain));
      for (const [i, { boxes }] of all.entries()) {
        const [own, now, most] = [plain[i]!, boxes, levels[5]![i]!].map((row) =>
          ("boxes" in row ? row.boxes : row).at(-1),
        );
        if (own === undefined || now === undefined || most === undefined) continue;
        // These boxes cannot reach the edge of the film, so that nothing is cut.
        const size = (now[2] - now[0]) / (own[2] - own[0]);
        expect(Math.abs(size - 1)).toBeLessThanOrEqual(0.1 * level + 1e-9);
        expect((now[3] - now[1]) / (own[3] - own[1])).toBeCloseTo(size, 9);
        const strongest = (most[2] - most[0]) / (own[2] - own[0]);
        expect(size - 1).toBeCloseTo(((strongest - 1) * level) / 5, 9);
        for (const axis of [0, 1]) {
          const moved = centre(now)[axis]! - centre(own)[axis]!;
          expect(Math.abs(moved)).toBeLessThanOrEqual(0.032 * level + 1e-9);
          expect(moved).toBeCloseTo(((centre(most)[axis]! - centre(own)[axis]!) * level) / 5, 9);
        }
      }
    }
    expect(levels[5]).not.toEqual(plain);
  });

  it("of one level on the training side and of another on the test side", async () => {
    const two = await transformed("{kind: box-noise, level: 1, side: train}, {kind: box-noise, level: 5, side: test}");
    for (const [level, split] of [
      [1, "train"],
      [1, "validation"],
      [5, "test"],
    ] as const)
      expect(inSplit(two, split)).toEqual(inSplit(await noisy(level, "both"), split));
  });

  it("on the training side, the test side, or both", async () => {
    const both = await noisy(4, "both");
    for (const [side, splits] of [
      ["train", ["train", "validation"]],
      ["test", ["test"]],
    ] as const) {
      const one = await noisy(4, side);
      for (const split of ["train", "validation", "test"])
        expect(inSplit(one, split)).toEqual(
          inSplit((splits as readonly string[]).includes(split) ? both : plain, split),
        );
    }
  });
});

describe("readers and languages", () => {
  it.each(["1", "2", "both", "intersection"])("reader %s", async (reader) => {
    const all = await rows("--reader", reader);
    for (const { study, sentence, boxes } of all) {
      const i = Number(study.slice(1));
      const [first, second] = sentence.startsWith("Nodule")
        ? [[boxOf(i)], [secondBox(i)]]
        : [sentence.startsWith("Mass") ? [[0.1, 0.1, 0.2, 0.2], boxOf(i)] : [], []];
      const shared = sentence.startsWith("Nodule") ? [[0.45 + i / 1000, 0.4, 0.5 + i / 1000, 0.5]] : [];
      const expected = { 1: first, 2: second, both: [...first, ...second], intersection: shared }[reader];
      expect([sentence, boxes]).toEqual([sentence, expected]);
    }
  });

  it("English, Spanish, or both: two rows a finding", async () => {
    const es = await rows("--language", "es");
    expect(es.map(({ sentence }) => sentence)).toEqual(plain.map(({ sentence }) => `${sentence} (es)`));
    const both = await rows("--language", "both");
    expect(both.filter(({ language }) => language === "en")).toEqual(plain);
    expect(both.filter(({ language }) => language === "es")).toEqual(es);
    expect(both).toHaveLength(2 * plain.length);
  });
});

describe("controls", () => {
  it("a box of the whole film where there is one, and a box in the middle", async () => {
    const bit = await transformed("{kind: box-present-bit}");
    expect(bit.map(({ boxes }) => boxes)).toEqual(plain.map(({ boxes }) => (boxes.length > 0 ? [[0, 0, 1, 1]] : [])));
    const middle = [[0.25, 0.25, 0.75, 0.75]];
    const onBoxes = await transformed("{kind: central-box, on: boxes}");
    expect(onBoxes.map(({ boxes }) => boxes)).toEqual(plain.map(({ boxes }) => (boxes.length > 0 ? middle : [])));
    const onAll = await transformed("{kind: central-box, on: all}");
    for (const { boxes } of onAll) expect(boxes).toEqual(middle);
  });

  it("shuffled within each split; or of another patient, where the row has a box", async () => {
    const shuffled = await transformed("{kind: shuffled-boxes}");
    const lists = (all: readonly Row[]) => all.map(({ boxes }) => JSON.stringify(boxes)).sort();
    for (const split of ["train", "validation", "test"]) {
      expect(lists(inSplit(shuffled, split))).toEqual(lists(inSplit(plain, split)));
      expect(inSplit(shuffled, split)).not.toEqual(inSplit(plain, split));
    }
    const others = await transformed("{kind: other-patient-boxes}");
    const owners = new Map(plain.map((row) => [JSON.stringify(row.boxes), row]));
    for (const [i, { boxes, study, split }] of others.entries()) {
      expect(boxes.length > 0).toBe(plain[i]!.boxes.length > 0);
      if (boxes.length === 0) continue;
      const donor = owners.get(JSON.stringify(boxes))!;
      expect([patient(donor.study) === patient(study), donor.split]).toEqual([false, split]);
    }
  });

  it("the box as four numbers: the rectangle around all boxes, zeros without one", () => {
    for (const { boxes, numbers } of plain) {
      const edge = (k: number) => boxes.map((corners) => corners[k]!);
      const around = [Math.min(...edge(0)), Math.min(...edge(1)), Math.max(...edge(2)), Math.max(...edge(3))];
      expect(numbers).toEqual(boxes.length === 0 ? [0, 0, 0, 0] : around.map(Math.fround));
    }
  });

  it("boxes drawn on the film, and the film cut to them", async () => {
    const level = (x: number) => x * 5;
    const pixelsOf = async (name: string) => {
      const image = sharp(join(folder, "pictures", name))
        .greyscale()
        .raw();
      const { data, info } = await image.toBuffer({ resolveWithObject: true });
      return { ...info, at: (x: number, y: number) => data[(y * info.width + x) * info.channels]! };
    };
    const first = plain[0]!;
    const show = async (film: string) => {
      const [row] = await transformed(
        "{kind: subset, percent: 2, by: row}",
        "--film",
        film,
        "--pictures",
        join(folder, "pictures"),
        "--findings",
        "positive",
      );
      const own = plain.find(({ study, sentence }) => study === row!.study && sentence === row!.sentence)!;
      const corners = own.boxes.map(([x1, y1, x2, y2]) =>
        [x1 * width, y1 * height, x2 * width, y2 * height].map(Math.round),
      );
      return { picture: await pixelsOf(row!.picture), corners };
    };
    expect(first.picture).toBe("");
    const drawn = await show("boxes drawn");
    expect([drawn.picture.width, drawn.picture.height]).toEqual([width, height]);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const isLine = drawn.corners.some(([x1, y1, x2, y2]) => {
          const isInside = x >= x1! && x < x2! && y >= y1! && y < y2!;
          return isInside && (x === x1! || x === x2! - 1 || y === y1! || y === y2! - 1);
        });
        expect([x, y, drawn.picture.at(x, y)]).toEqual([x, y, isLine ? 255 : level(x)]);
      }
    }
    const cut = await show("cropped to boxes");
    const edge = (k: number) => cut.corners.map((corners) => corners[k]!);
    const [left, right] = [Math.min(...edge(0)), Math.max(...edge(2))];
    expect([cut.picture.width, cut.picture.height]).toEqual([
      right - left,
      Math.max(...edge(3)) - Math.min(...edge(1)),
    ]);
    for (let x = left; x < right; x++) expect(cut.picture.at(x - left, 0)).toBe(level(x));
  });
});

it("refuses transforms that no study file could have", async () => {
  for (const transform of [
    "{kind: subset, percent: 200, by: row}",
    "{kind: none}",
    "{kind: subset",
    "{kind: central-box}",
    "{kind: box-noise, level: 6, side: both}",
    "{kind: shuffled-boxes, seed: 1}",
  ]) {
    const run = await captureCli(registry, [
      "data",
      "rows",
      root,
      "--out",
      join(folder, "no.csv"),
      "--transforms",
      `[${transform}]`,
    ]);
    expect([transform, run.exitCode]).toEqual([transform, 2]);
    expect(run.stderr).toMatch(/--transforms[\s\S]*expected: a list as in a study file, or a file[\s\S]*found: \w/);
  }
});
