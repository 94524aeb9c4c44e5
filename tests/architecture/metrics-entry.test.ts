/** The package's entry `regionformer/metrics`: what it gives, and that a browser can load it. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import * as metrics from "../../src/metrics/index.ts";
import { reachableFrom } from "./reachable.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe("the entry regionformer/metrics", () => {
  it("loads nothing that needs Node", () => {
    const { files, packages } = reachableFrom("src/metrics/index.ts");
    expect(files.size).toBeGreaterThan(30);
    expect([...files].filter((path) => path.split("/").includes("node"))).toEqual([]);
    expect([...packages].filter((name) => name.startsWith("node:"))).toEqual([]);
    expect([...packages].map((name) => name.split("/")[0])).not.toContain("sharp");
  });

  it("loads nothing but words and numbers for the text metrics", () => {
    for (const file of ["bleu/bleu", "cider/cider", "rouge/rouge", "rouge/coco-rouge-l", "labeler/label-f1"]) {
      const { files, packages } = reachableFrom(`src/metrics/${file}.ts`);
      expect([...packages]).toEqual([]);
      expect([...files].filter((path) => !/^src\/(metrics|text|base)\//.test(path))).toEqual([]);
    }
  });

  it("is where package.json points to, with its types", () => {
    const { exports } = JSON.parse(readFileSync(`${root}/package.json`, "utf8"));
    expect(exports["./metrics"]).toEqual({
      types: "./dist/metrics/index.d.ts",
      default: "./dist/metrics/index.js",
    });
  });

  it("gives these names", () => {
    expect(Object.keys(metrics).sort()).toMatchInlineSnapshot(`
      [
        "annotateReports",
        "approximateRandomisation",
        "baselines",
        "bertScore",
        "bertScores",
        "bleu",
        "bootstrap",
        "boxesCell",
        "chexbertClasses",
        "chexbertLabels",
        "cider",
        "classifyReports",
        "cocoRougeL",
        "columnOf",
        "columnsOfProfile",
        "compare",
        "comparisonGrid",
        "corpusValues",
        "effectSize",
        "evaluate",
        "f1Chexbert",
        "f1Radgraph",
        "fiveLabels",
        "formatScores",
        "gridAsLatex",
        "gridAsMarkdown",
        "gridAsText",
        "groundingScores",
        "holm",
        "intervalKinds",
        "intervalsGrid",
        "isMeasured",
        "itemScores",
        "joinedRows",
        "labelF1",
        "labelMeasurement",
        "labelNames",
        "labelReport",
        "labelText",
        "laterality",
        "listCell",
        "locationF1",
        "matchRows",
        "meansOf",
        "notComputed",
        "padchestLabelF1",
        "pairedBootstrap",
        "pairsOf",
        "profileNames",
        "radgraphReward",
        "radgraphRewards",
        "regionScore",
        "remarksOn",
        "reordered",
        "rewardLevels",
        "rouge1",
        "rouge2",
        "rougeL",
        "scoresDocument",
        "scoresGrid",
        "scoresOf",
        "strataOf",
        "valuesOf",
        "weightedFamilies",
        "weightedFamiliesOf",
        "withStudyReferences",
      ]
    `);
  });
});

it("the built package can be imported by its name", async () => {
  const name = "regionformer/metrics"; // a variable, so that the compiler does not look for the build
  const { bleu, cider, scoresOf } = (await import(name)) as typeof metrics;
  const pairs = ["no effusion today please", "small left effusion today"].map((text) => ({
    hypothesis: text,
    references: [text],
  }));
  expect(scoresOf(bleu.measure(pairs)).get("BLEU-4")!.corpus).toBeCloseTo(1, 8);
  expect(scoresOf(cider.measure(pairs)).get("CIDEr")!.corpus).toBeCloseTo(10, 8);
});
