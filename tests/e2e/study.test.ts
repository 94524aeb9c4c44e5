/** Studies in small: cells of two studies in one folder, their report, a file of one's own, the plan. */
import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { registry } from "../../src/cli/commands/index.ts";
import { openDataset } from "../../src/data/node/index.ts";
import { readFeatures } from "../../src/features/node/index.ts";
import { captureCli } from "../support/capture-cli.ts";
import { writeTinyDistilbert } from "../support/tiny-models.ts";
import { reportOf, type TinyStudies, tinyStudies } from "../support/tiny-study.ts";

let tiny: TinyStudies;
beforeAll(async () => {
  tiny = await tinyStudies(16);
});
afterAll(() => tiny[Symbol.asyncDispose]());

interface Answer {
  readonly trainings: number;
  readonly ran: number;
  readonly page: string;
  readonly cells: readonly {
    readonly place: Record<string, string>;
    readonly views: readonly {
      readonly references: string;
      readonly stratum: string;
      readonly rows: number;
      readonly scores: Record<string, { mean: number; low: number; high: number; perSeed: number[] }>;
    }[];
  }[];
  readonly comparisons: readonly { readonly rows: readonly { pHolm: number; p: number }[] }[];
}

async function run(...argv: string[]): Promise<Answer> {
  const { exitCode, stdout, stderr } = await captureCli(registry, [...argv, "--json"]);
  expect(exitCode, stderr).toBe(0);
  return JSON.parse(stdout) as Answer;
}

const grounding = () => tiny.study("grounding", "studies", "--seeds", "2", "--only", "mode=image,image+mask");

it("runs the paper's first study, and a second one takes its cells from the same folder", async () => {
  const first = await run(...grounding());
  expect(first).toMatchObject({ trainings: 4, ran: 4 });
  expect(first.cells.map(({ place }) => place.mode)).toEqual(["image", "image+mask"]);
  for (const { views } of first.cells) {
    const all = views.find(({ references, stratum }) => references === "own" && stratum === "all")!;
    const parts = views.filter(({ references, stratum }) => references === "own" && stratum !== "all");
    expect(parts.reduce((sum, { rows }) => sum + rows, 0)).toBe(all.rows);
    for (const { mean, low, high, perSeed } of Object.values(all.scores)) {
      expect(perSeed).toHaveLength(2);
      expect(mean).toBeCloseTo((perSeed[0]! + perSeed[1]!) / 2, 10);
      expect(low).toBeLessThanOrEqual(high);
    }
    // All sentences of the study are among the references, so no text can score less than against its own.
    const best = views.find(({ references, stratum }) => references === "study" && stratum === "all")!;
    expect(best.scores["ROUGE-L"]!.mean).toBeGreaterThanOrEqual(all.scores["ROUGE-L"]!.mean);
  }
  for (const { rows } of first.comparisons) for (const { p, pHolm } of rows) expect(pHolm).toBeGreaterThanOrEqual(p);

  const only = ["--only", "level=0,2", "--only", "side=test", "--seeds", "2"];
  const second = await run(...tiny.study("box-noise", "studies", ...only));
  // Noise on test boxes needs no training: level 0 is there whole, level 2 is written by the same checkpoints.
  expect(second).toMatchObject({ trainings: 2, ran: 2 });
  expect(await readdir(join(tiny.street.into("studies"), "runs"))).toHaveLength(4);
  expect(await readdir(join(tiny.street.into("studies"), "cells"))).toHaveLength(6);

  const before = await reportOf(join(tiny.street.into("studies"), "grounding"));
  // A kill in the midst of writing leaves such files; the next run of the study takes them away.
  const unfinished = ["grounding/results.json", "grounding/tables/table-1.md", "features/some.safetensors"].map(
    (name) => tiny.street.into(join("studies", `${name}.tmp-0123456789ab`)),
  );
  for (const path of unfinished) await writeFile(path, "");
  expect(await run(...grounding())).toMatchObject({ ran: 0 });
  expect(unfinished.filter((path) => existsSync(path))).toEqual([]);
  expect(await reportOf(join(tiny.street.into("studies"), "grounding"))).toEqual(before);
});

it("writes tables in four formats, figures in two, and one page that needs nothing else", async () => {
  const report = join(tiny.street.into("studies"), "grounding");
  const read = (name: string) => readFile(join(report, name), "utf8");
  const header = "cell,BLEU-1,BLEU-2,BLEU-3,BLEU-4,ROUGE-L,CIDEr,BERTScore,F1CheXbert,F1RadGraph,Δ BLEU-1";
  expect(await read("tables/table-1.csv")).toContain(header);
  expect(await read("tables/table-1.md")).toMatch(/\| image\+mask \| \d+\.\d\d ± \d+\.\d\d \|.*\| – \|/);
  expect(await read("tables/table-1.md")).toMatch(/F1CheXbert: not computed: weights of chexbert.pth missing/);
  expect(await read("tables/table-1.tex")).toContain("\\begin{tabular}");
  // The paper's numbers belong to the paper's films.
  expect(await read("tables/table-1.json")).not.toContain("(paper)");
  const png = await readFile(join(report, "figures", "figure-1.png"));
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  const page = await read("study.html");
  expect(page).not.toMatch(/\b(src|href)="(?!data:)/);
  expect(page).not.toContain("<script");
  for (const text of ["synthetic", "not a medical device", "<svg", "Holm", "positive rows"])
    expect(page).toContain(text);
});

it("scores with models too, and keeps what they read in the texts", async () => {
  const golden = fileURLToPath(new URL("../golden/", import.meta.url));
  const models = ["--chexbert-model", join(golden, "chexbert"), "--radgraph-model", join(golden, "radgraph")];
  const bertscore = ["--bertscore-model", await writeTinyDistilbert(tiny.street.into("distilbert")), "--trial-models"];
  const argv = [...grounding(), ...models, ...bertscore, "--json"];
  const answers = [];
  for (const texts of [/F1RadGraph \d+\/\d+/, undefined]) {
    const { exitCode, stdout, stderr } = await captureCli(registry, argv);
    expect(exitCode, stderr).toBe(0);
    if (texts === undefined) expect(stderr).not.toMatch(/F1RadGraph \d|F1CheXbert \d|BERTScore \d/);
    else expect(stderr).toMatch(texts);
    answers.push(JSON.parse(stdout) as Answer);
  }
  expect(answers[1]).toEqual(answers[0]);
  for (const { references, scores } of answers[0]!.cells[0]!.views) {
    const names = ["BERTScore", "F1CheXbert", "F1RadGraph"].filter((name) => name in scores);
    expect(names).toEqual(references === "own" ? ["BERTScore", "F1CheXbert", "F1RadGraph"] : ["BERTScore"]);
  }
  const table = join(tiny.street.into("studies"), "grounding", "tables", "more", "table-1_study-references.md");
  expect(await readFile(table, "utf8")).toMatch(
    /F1RadGraph: not computed: it takes one reference a text, and \d of 6 texts have several/,
  );
});

it("has the only references that are asked for in its main tables, and no part that nobody asked for", async () => {
  const file = tiny.street.into("sentences.yaml");
  const text = [
    "study: sentences",
    "title: All sentences",
    "metrics: { references: [study], strata: [] }",
    "axes: { mode: { key: mode, values: [image, image+mask] }, beams: { key: beams, values: [2] } }",
    "comparisons: [{ title: C, baseline: { mode: image }, cells: {} }]",
    "figures:",
    "  - { kind: line, title: F, x: beams, series: mode, metrics: [CIDEr] }",
    "  - { kind: learning-curves, title: Curves, rows: { mode: image } }",
    "  - { kind: line, title: Lines, rows: { mode: image }, x: beams, series: mode, metrics: [CIDEr] }",
  ];
  await writeFile(file, text.join("\n").replace("[study], strata: []", "[own, study]").replace("CIDEr", "BLEU-1"));
  await run(...tiny.study(file, "studies", "--seeds", "1"));
  const own = tiny.street.into(join("studies", "sentences", "tables", "more", "my-table.md"));
  await writeFile(own, "");
  await writeFile(file, text.join("\n"));
  const { exitCode, stdout } = await captureCli(registry, tiny.study(file, "studies", "--seeds", "2"));
  expect(exitCode).toBe(0);
  // What the study had before is gone, what a person put there is not.
  expect(existsSync(own)).toBe(true);
  await rm(own);
  expect(stdout).toMatch(/^All cells, scored against all sentences of the study; profile authors/);
  const files = Object.keys(await reportOf(join(tiny.street.into("studies"), "sentences")));
  const names = ["comparison-1", "table-1", "table-1_intervals"];
  expect(files.filter((name) => name.endsWith(".md"))).toEqual(names.map((name) => join("tables", `${name}.md`)));
  expect(files.filter((name) => name.endsWith(".svg"))).toEqual([
    ...["figure-1_cider.svg", "figure-2.svg", "figure-3_cider.svg"].map((name) => join("figures", name)),
  ]);
  // A figure of cells that are not wanted is not drawn empty.
  const { page } = await run(...tiny.study(file, "studies", "--seeds", "2", "--only", "mode=image+mask"));
  const html = await readFile(page, "utf8");
  for (const title of ["Curves", "Lines"])
    expect(html).toContain(`<p>${title}: none of its cells is here, so it is not`);
  expect(html).not.toContain("NaN");
  expect(await readdir(join(tiny.street.into("studies"), "sentences", "figures"))).toEqual([
    ...["figure-1_cider.png", "figure-1_cider.svg"],
  ]);
});

it("trains nothing for a metric whose model is not there", async () => {
  const open = tiny.study("grounding", "studies", "--seeds", "1", "--only", "mode=mask");
  const runs = () => readdir(join(tiny.street.into("studies"), "runs"));
  const before = await runs();
  const { exitCode, stderr } = await captureCli(registry, [...open, "--chexbert-model", tiny.street.into("nowhere")]);
  expect(stderr).toMatch(/holds no CheXbert[\s\S]*nowhere/);
  expect(exitCode).toBe(4);
  expect(await runs()).toEqual(before);
  const preview = ["study", "submit", ...open.slice(1), "--radgraph-model", tiny.street.into("nowhere"), "--dry-run"];
  expect((await captureCli(registry, preview)).stderr).toMatch(/where: --radgraph-model[\s\S]*nowhere/);
});

it("says what is wrong with a file of readings", async () => {
  const readings = join(tiny.street.into("studies"), "readings", "F1CheXbert.jsonl");
  await writeFile(readings, "words\n");
  const chexbert = fileURLToPath(new URL("../golden/chexbert", import.meta.url));
  const { exitCode, stderr } = await captureCli(registry, [...grounding(), "--chexbert-model", chexbert]);
  expect(stderr).toMatch(/The file is no journal[\s\S]*F1CheXbert\.jsonl/);
  expect(exitCode).toBe(3);
});

it("runs a file of one's own, named right behind `study`", async () => {
  const file = tiny.street.into("mine.yaml");
  const axes = "axes:\n  beams: { key: beams, values: [1, 2] }\n  film: { key: film, values: [whole, boxes drawn] }\n";
  await writeFile(file, `study: mine\ntitle: One\nseeds: [7]\n${axes}base: { mode: image }\n`);
  const { trainings, cells } = await run(...tiny.study(file, "mine"));
  // The beams are the search's; a film with boxes on it is another film.
  expect(trainings).toBe(2);
  expect(cells.map(({ place }) => `${place.beams} ${place.film}`)).toEqual([
    ...["1 whole", "1 boxes drawn", "2 whole", "2 boxes drawn"],
  ]);
  expect(
    (await readdir(join(tiny.street.into("mine"), "features"))).map((name) => /-crop-\w{8}(.*)/.exec(name)![1]),
  ).toEqual([...["-boxes-drawn.safetensors", ".safetensors"]]);
});

it("trains and tests on what transforms leave of the boxes, those of two readers and two languages included", async () => {
  const axes = [
    "axes:\n  boxes:\n    values:",
    "      - { name: middle, set: { transforms: [{ kind: central-box, on: all }] } }",
    "      - { name: one bit, set: { transforms: [{ kind: box-present-bit }] } }",
    "      - { name: none, set: { transforms: [{ kind: grounded-fraction, percent: 0, splits: [train, validation, test] }] } }",
  ];
  const file = tiny.street.into("boxes.yaml");
  const base = "base: { mode: mask, epochs: 1, reader: both, language: both }";
  await writeFile(file, `study: boxes\ntitle: Boxes\nseeds: [1]\n${axes.join("\n")}\n${base}\n`);
  const { trainings, cells } = await run(...tiny.study(file, "boxes"));
  expect(trainings).toBe(3);
  const [name] = await readdir(join(tiny.street.into("boxes"), "features"));
  const { maskVectors } = await readFeatures(join(tiny.street.into("boxes"), "features", name!));
  // All that is left in any cell: one box in the middle, the whole film, nothing.
  expect(maskVectors.size).toBe(3);
  const { studies } = await openDataset([tiny.street.data]);
  const test = studies.filter(({ split }) => split === "test").flatMap(({ findings }) => findings);
  for (const { views } of cells) expect(Math.max(...views.map(({ rows }) => rows))).toBe(2 * test.length);
});

it("shows its plan with an estimate and does nothing", async () => {
  const { exitCode, stdout, stderr } = await captureCli(registry, [
    ...tiny.study("data-scale", "planned", "--seeds", "1", "--dry-run", "--jobs", "1"),
  ]);
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toContain("13 cells with seeds 0; 13 distinct trainings, 13 to do");
  expect(stdout).toMatch(/measured: \d\.\d+ s a step/);
  expect(stdout).toMatch(/rows % 5, mask: fewer training rows than a batch holds/);
  expect(stdout).toMatch(/estimate: \d+ s with 1 job of 1 thread/);
  expect((await readdir(tiny.street.dir)).includes("planned")).toBe(false);
});

it("refuses a folder with studies of other data", async () => {
  const argv = grounding();
  argv[argv.indexOf("--data") + 1] = await tiny.street.fewerStudies();
  const { exitCode, stderr } = await captureCli(registry, argv);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/studies of other data[\s\S]*manifest\.json[\s\S]*Choose another --out/);
});
