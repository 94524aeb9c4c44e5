import { beforeAll, describe, expect, it } from "vitest";
import { silentReporter } from "../../base/reporter.ts";
import type { Row } from "../../data/index.ts";
import { gridAsLatex } from "../../metrics/index.ts";
import type { TableSpec } from "../file/study-schema.ts";
import { compareCells, comparisonGridOf, signed } from "./comparisons.ts";
import { type CellScores, type ScoringOptions, scoreCell, type ViewName, viewOf } from "./score-cells.ts";
import { type TableContext, tableGrids } from "./tables.ts";

const row = (study: string, sentence: string, abnormal: boolean): Row => ({
  ...{ studyId: study, imageId: `${study}.png`, imagePath: undefined, patientId: undefined, split: "test" },
  ...{ language: "en", sentence, abnormal, boxes: [] },
});

const rows = [
  row("a", "small pleural effusion on the left .", true),
  row("a", "no pneumothorax is seen .", false),
  row("b", "large heart in the middle .", true),
  row("c", "no pleural effusion is seen .", false),
];
const right = rows.map(({ sentence }) => sentence);
/** The first film's two sentences in the wrong order: wrong for their rows, true of the study. */
const swapped = [right[1]!, right[0]!, right[2]!, right[3]!];
const wrong = ["no", "no", "no", "no"];

const options: ScoringOptions = {
  ...{ profile: "authors", references: ["own", "study"], strata: ["polarity"] },
  ...{ resamples: 50, trials: 50, level: 0.95, seed: 0 },
};

const axes = [{ name: "mode", label: "mode", values: ["image", "image+mask"].map((name) => ({ name, set: {} })) }];
const context: TableContext = {
  study: { axes, title: "T" },
  options,
  isPaperData: false,
  circumstances: ["as it was"],
};
const spec: TableSpec = {
  ...{ title: "Modes", rows: {}, delta: { mode: ["image"] }, match: [] },
  published: { table: "table-1", key: ["mode"] },
};
const own: ViewName = { references: "own", stratum: "all" };

const compared = { title: "C", baseline: { mode: ["image"] }, cells: {}, match: [] };

let image: CellScores;
let both: CellScores;
beforeAll(async () => {
  const score = (mode: string, ...texts: string[][]) =>
    scoreCell(
      { place: { mode }, seeds: texts.map((each, seed) => ({ seed, texts: each })), rows },
      options,
      silentReporter,
    );
  image = await score("image", wrong, wrong);
  both = await score("image+mask", right, swapped);
});

describe("a cell", () => {
  it("has the mean and deviation of its seeds, and parts by polarity", () => {
    const rouge = (view: ViewName) => viewOf(both, view)!.columns.get("ROUGE-L")!;
    expect(rouge(own).perSeed[0]).toBe(1);
    expect(rouge(own).perSeed[1]).toBeLessThan(1);
    expect(rouge(own).value).toBeCloseTo((1 + rouge(own).perSeed[1]!) / 2, 12);
    expect(rouge(own).deviation).toBeCloseTo((1 - rouge(own).perSeed[1]!) / Math.SQRT2, 12);
    expect(viewOf(both, { references: "own", stratum: "positive" })!.rows).toBe(2);
    expect(viewOf(both, { references: "own", stratum: "negative" })!.rows).toBe(2);
  });

  it("scores a sentence that is true of the film in full against all of its study", () => {
    const best = viewOf(both, { references: "study", stratum: "all" })!.columns.get("ROUGE-L")!;
    expect(best.perSeed).toEqual([1, 1]);
  });

  it("is drawn by study where patients are not known", () => {
    expect(new Set(viewOf(both, own)!.units).size).toBe(3);
  });
});

describe("a table", () => {
  it("has deviations, Δ of what was computed, dashes and reasons for what was not", () => {
    const { scores, intervals } = tableGrids(spec, [image, both], own, context)!;
    expect(scores.header.slice(0, 10)).toEqual([
      ...["cell", "BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "ROUGE-L", "CIDEr", "BERTScore", "F1CheXbert", "F1RadGraph"],
    ]);
    expect(scores.header.slice(10)).toEqual(
      ["BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "ROUGE-L", "CIDEr"].map((c) => `Δ ${c}`),
    );
    const [first, second] = scores.rows;
    expect(first![0]).toBe("image");
    expect(first!.at(-1)).toBe("");
    expect(second![5]).toMatch(/^\d+\.\d\d ± \d+\.\d\d$/);
    expect(second!.at(-1)).toMatch(/^\+\d/);
    expect(second![8]).toBe("–");
    expect(scores.notes.join("\n")).toMatch(/as it was[\s\S]*F1CheXbert: not computed: weights of chexbert\.pth/);
    expect(intervals.rows[1]![5]).toMatch(/^\d+\.\d\d to \d+\.\d\d$/);
    expect(gridAsLatex(scores)).toContain("$\\Delta$ CIDEr");
    expect(gridAsLatex(scores)).toContain("$\\pm$");
  });

  it("has the paper's numbers under ours on the paper's data only, and only for its own rows", () => {
    expect(tableGrids(spec, [image, both], own, context)!.scores.rows).toHaveLength(2);
    const cited = tableGrids(spec, [image, both], own, { ...context, isPaperData: true })!.scores;
    expect(cited.rows.map(([name]) => name)).toEqual(["image", "image (paper)", "image+mask", "image+mask (paper)"]);
    expect(cited.rows[3]!.slice(1, 10)).toEqual("18.60 12.96 9.12 6.40 24.11 58.75 39.43 25.46 9.31".split(" "));
    expect(cited.rows[3]!.at(-1)).toBe("+42.39");
    const positive = { references: "own", stratum: "positive" } as const;
    expect(tableGrids(spec, [image, both], positive, { ...context, isPaperData: true })!.scores.rows).toHaveLength(2);
    // ROUGE-L of another profile is another metric.
    const coco = { ...context, isPaperData: true, options: { ...options, profile: "coco" as const } };
    expect(tableGrids(spec, [image, both], own, coco)!.scores.rows).toHaveLength(2);
  });

  it("has its level as people write it", () => {
    const { scores } = tableGrids(spec, [image], own, { ...context, options: { ...options, level: 0.683 } })!;
    expect(scores.notes[0]).toContain("; 68.3% intervals");
  });

  it("says what was drawn: patients, or studies where the patients are not known", async () => {
    const note = async (patients: readonly (string | undefined)[]) => {
      const known = rows.map((each, i) => ({ ...each, patientId: patients[i] }));
      const texts = { place: { mode: "image" }, seeds: [{ seed: 0, texts: right }], rows: known };
      const cell = await scoreCell(texts, options, silentReporter);
      const [, drawn] = /bootstrap over ([a-z ]+),/.exec(tableGrids(spec, [cell], own, context)!.scores.notes[0]!)!;
      return drawn;
    };
    expect(await note(["p", "p", "q", "r"])).toBe("patients");
    expect(await note([])).toBe("studies");
    expect(await note(["p", "p", "q"])).toBe("patients or studies");
    const { notes } = comparisonGridOf(
      compareCells(compared, [image, both], own, { axes }, options),
      { axes },
      options,
    );
    expect(notes.join("\n")).toMatch(/paired bootstrap over studies,[\s\S]*randomisation over studies,/);
  });
});

describe("a comparison", () => {
  it("has a sign where there is a difference that can be seen", () => {
    expect([0.0123, -0.0123, 1e-9, -1e-9, 0].map(signed)).toEqual(["+1.23", "-1.23", "0.00", "0.00", "0.00"]);
  });

  it("has Holm's correction over all of its rows, and leaves the baseline out", () => {
    const { rows: found } = compareCells(compared, [image, both], own, { axes }, options);
    expect(found).toHaveLength(6);
    for (const { difference, p, pHolm, cell } of found) {
      expect(cell).toBe(both);
      expect(difference.value).toBeGreaterThan(0);
      expect(pHolm).toBeCloseTo(Math.min(1, 6 * p), 10);
    }
  });

  it("is not made between cells about other sentences, and says so", async () => {
    const other = { ...both, subject: "other rows" };
    const comparison = compareCells(compared, [image, other], own, { axes }, options);
    expect(comparison.rows).toEqual([]);
    expect(comparisonGridOf(comparison, { axes }, options).notes.join("\n")).toMatch(
      /image\+mask: not compared, its test rows/,
    );
  });
});
