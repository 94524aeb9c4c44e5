/** Every built-in study as a whole, in small: all cells, two seeds, one folder, through the command line. */
import { copyFile, mkdir, readdir, readFile, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Shape } from "../../src/base/arrays.ts";
import { builtInStudyText } from "../../src/studies/node/built-in.ts";
import { parseManifest } from "../../src/studies/node/manifest.ts";
import { readStudy } from "../../src/studies/study.ts";
import { writeSafetensors } from "../../src/weights/node/index.ts";
import { startProgram } from "../support/child-program.ts";
import { readGolden } from "../support/golden.ts";
import { portableWeights } from "../support/portable.ts";
import { reportOf, type TinyStudies, tinyStudies } from "../support/tiny-study.ts";

/** A study, and how many trainings and cells of it no study above has; two seeds each. */
const studies: readonly (readonly [name: string, trainings: number, cells: number])[] = [
  ["grounding", 6, 6],
  // Five parts of the rows, two modes.
  ["data-scale", 20, 20],
  // Five levels; the noise of the test side is written about by the checkpoints without noise.
  ["box-noise", 10, 30],
  // Boxes on 0 to 50%, two modes; of so few studies five percent are none, so 0 and 5% are the same rows.
  ["grounded-fraction", 16, 16],
  // Five other masks, two other films, boxes as numbers; and three that differ in the test rows alone.
  ["controls", 16, 22],
  ["readers", 6, 18],
  ["language", 8, 12],
  // The first encoder's crop is everybody's.
  ["encoders", 20, 20],
  // One layer is everybody's here.
  ["mappers", 8, 8],
  ["prefix-length", 10, 10],
];

const seeds = [0, 1];
const small = [
  ...["--seeds", "2", "--set", "epochs=1"],
  // Five percent of the rows must be a batch.
  ...["--set", "batchSize=2"],
];

let tiny: TinyStudies;
const folder = () => tiny.street.into("all");

/** The four models that the study of encoders names, where it looks for them. */
async function namedEncoders(dir: string): Promise<void> {
  await symlink("clip", join(dir, "clip-vit-base-patch32"));
  const golden = fileURLToPath(new URL("../golden/clip-openai/", import.meta.url));
  await copyFile(join(golden, "ViT-tiny.pt"), join(dir, "clip-vit-base-patch16"));
  await copyFile(join(golden, "RN-tiny.pt"), join(dir, "RN50.pt"));
  const { cases } = readGolden<{ cases: { seed: string; parameters: Record<string, Shape> }[] }>(
    "clip-openai",
  ).manifest;
  const { seed, parameters } = cases.find((each) => each.seed === "resnet-b")!;
  await mkdir(join(dir, "RN101.pt"));
  await writeSafetensors(join(dir, "RN101.pt", "open_clip_model.safetensors"), portableWeights(seed, parameters));
}

beforeAll(async () => {
  tiny = await tinyStudies(24);
  await namedEncoders(tiny.street.dir);
});
afterAll(() => tiny?.[Symbol.asyncDispose]());

interface Answer {
  readonly trainings: number;
  readonly ran: number;
}

async function run(name: string): Promise<Answer> {
  const argv = [...tiny.study(name, "all", ...small, "--jobs", "1"), "--json"];
  const { exitCode, stdout, stderr } = await startProgram(argv, {}, tiny.street.dir).ended;
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as Answer;
}

async function manifest() {
  const path = join(folder(), "manifest.json");
  return parseManifest(JSON.parse(await readFile(path, "utf8")) as { [key: string]: never }, path);
}

/** When each file of all trainings and cells was written. */
async function timesOfResults(): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  for (const part of ["runs", "cells"]) {
    const dir = join(folder(), part);
    const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const { name, parentPath } of entries.filter((entry) => entry.isFile())) {
      const path = join(parentPath, name);
      times.set(path.slice(folder().length + 1), (await stat(path)).mtimeMs);
    }
  }
  return times;
}

const plannedStudy = async (name: string) => {
  const { text, file } = await builtInStudyText(name);
  return readStudy(text, file, { encoderModel: "clip", decoderModel: "gpt2" });
};

interface Results {
  readonly cells: readonly {
    readonly place: Record<string, string>;
    readonly seeds: readonly number[];
    readonly views: readonly { readonly rows: number; readonly scores: Record<string, { perSeed: number[] }> }[];
  }[];
  readonly comparisons: readonly {
    readonly title: string;
    readonly rows: readonly { p: number; pHolm: number; randomisation: { p: number; pHolm: number } }[];
  }[];
}

const isFraction = (p: number) => p >= 0 && p <= 1;

describe.each(studies)("%s", (name, newTrainings, newCells) => {
  it("runs all its cells with both seeds, and nothing that another study ran", async () => {
    const before = await timesOfResults();
    const known = before.size === 0 ? { trainings: {}, cells: {} } : await manifest();
    const { trainings } = await run(name);
    const now = await manifest();
    const { cells } = await plannedStudy(name);
    const uses = now.studies[name]!;
    expect(uses.map(({ place, seed }) => ({ place, seed }))).toEqual(
      cells.flatMap(({ place }) => seeds.map((seed) => ({ place, seed }))),
    );
    expect(new Set(uses.map(({ cell }) => now.cells[cell]!.training)).size).toBe(trainings);
    for (const { cell } of uses) {
      expect(now.cells[cell]!.done).toBe(true);
      expect(now.trainings[now.cells[cell]!.training]!.done).toBe(true);
    }
    const grown = (of: "trainings" | "cells") => Object.keys(now[of]).length - Object.keys(known[of]).length;
    expect([grown("trainings"), grown("cells")]).toEqual([newTrainings, newCells]);
    expect(await readdir(join(folder(), "runs"))).toHaveLength(Object.keys(now.trainings).length);
    expect(await readdir(join(folder(), "cells"))).toHaveLength(Object.keys(now.cells).length);
    const after = await timesOfResults();
    for (const [path, time] of before) expect(after.get(path), path).toBe(time);
  });

  it("has scores, corrected tests, tables in four formats, figures and one page", async () => {
    const { tables, comparisons, figures, cells } = await plannedStudy(name);
    const read = (file: string) => readFile(join(folder(), name, file), "utf8");
    const results = JSON.parse(await read("results.json")) as Results;
    expect(results.cells.map(({ place }) => place)).toEqual(cells.map(({ place }) => place));
    for (const cell of results.cells) {
      expect(cell.seeds).toEqual(seeds);
      for (const { rows, scores } of cell.views) {
        expect(rows).toBeGreaterThan(0);
        expect(Object.keys(scores)).toContain("CIDEr");
        for (const { perSeed } of Object.values(scores)) expect(perSeed.every(Number.isFinite)).toBe(true);
        expect(scores.CIDEr!.perSeed).toHaveLength(2);
      }
    }
    for (const { title } of comparisons) {
      const views = results.comparisons.filter((each) => each.title === title);
      expect(views, title).toHaveLength(6);
      for (const { rows } of views) {
        expect(rows.length, title).toBeGreaterThan(0);
        for (const { p, pHolm, randomisation } of rows) {
          expect([p, pHolm, randomisation.p, randomisation.pHolm].every(isFraction)).toBe(true);
          expect(pHolm).toBeGreaterThanOrEqual(p);
          expect(randomisation.pHolm).toBeGreaterThanOrEqual(randomisation.p);
        }
      }
    }
    const files = Object.keys(await reportOf(join(folder(), name)));
    const named = [
      ...tables.flatMap((_, i) => [`table-${i + 1}`, `table-${i + 1}_intervals`]),
      ...comparisons.map((_, i) => `comparison-${i + 1}`),
    ];
    for (const each of named) {
      for (const format of ["md", "csv", "tex", "json"]) expect(files).toContain(`tables/${each}.${format}`);
    }
    const drawn = files.filter((file) => file.startsWith("figures/"));
    for (const [i, { kind }] of figures.entries()) {
      const metric = kind === "line" ? "_cider" : "";
      for (const format of ["svg", "png"]) expect(drawn).toContain(`figures/figure-${i + 1}${metric}.${format}`);
    }
    const page = await read("study.html");
    expect(page).not.toMatch(/\b(src|href)="(?!data:)|<script|@import|url\(/);
    expect(page.match(/<svg/g) ?? []).toHaveLength(drawn.length / 2);
  });
});

describe("studies in one folder", () => {
  it("mean the same cell by what is the same", async () => {
    const { studies: all } = await manifest();
    const cellsOf = (name: string, place: Record<string, string>) => {
      const uses = all[name]!.filter((use) =>
        Object.entries(place).every(([axis, value]) => use.place[axis] === value),
      );
      return [...new Set(uses.map(({ cell }) => cell))];
    };
    const both = cellsOf("grounding", { mode: "image+mask" });
    expect(both).toHaveLength(2);
    const same: readonly [name: string, place: Record<string, string>][] = [
      ["data-scale", { percent: "100", mode: "image+mask" }],
      ["box-noise", { level: "0" }],
      ["grounded-fraction", { percent: "100", mode: "image+mask" }],
      ["controls", { boxes: "true", mode: "image+mask" }],
      ["readers", { trained: "1", tested: "1" }],
      ["language", { trained: "en", tested: "en", mode: "image+mask" }],
      ["encoders", { encoder: "clip-vit-base-patch32", fit: "crop", mode: "image+mask" }],
      ["mappers", { mapper: "1 layer" }],
    ];
    for (const [name, place] of same) expect(cellsOf(name, place), name).toEqual(both);
    expect(cellsOf("grounded-fraction", { mode: "image" })).toEqual(cellsOf("grounding", { mode: "image" }));
  });

  it("have nothing to do a second time, and say the same", async () => {
    const before = await timesOfResults();
    for (const name of ["box-noise", "encoders"]) {
      const report = await reportOf(join(folder(), name));
      expect(await run(name)).toMatchObject({ ran: 0 });
      expect(await reportOf(join(folder(), name))).toEqual(report);
    }
    expect(await timesOfResults()).toEqual(before);
  });
});
