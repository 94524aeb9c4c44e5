import { describe, expect, it } from "vitest";
import { type Evaluation, evaluate, formatScores, itemScores, type Metric, meansOf, scoresDocument } from "./index.ts";
import { longestCommonSubsequence } from "./rouge/longest-common-subsequence.ts";

const pair = (hypothesis: string, reference: string) => ({ hypothesis, references: [reference] });
const item = (evaluation: Evaluation, column: string) => [...itemScores(evaluation).get(column)!];

describe("evaluate", () => {
  it("strips texts and nothing else: case and punctuation count", async () => {
    const evaluation = await evaluate([pair(" no effusion. \n", "no effusion."), pair("No effusion", "no effusion.")], {
      profile: "authors",
    });
    expect(item(evaluation, "BLEU-1")[0]).toBeCloseTo(1, 8);
    expect(item(evaluation, "BLEU-1")[1]).toBeLessThan(1e-12);
    expect(item(evaluation, "ROUGE-L")).toEqual([1, 1]);
  });

  it("names the profile in the table and in the document, and says what was not computed and why", async () => {
    const evaluation = await evaluate([pair("a b c d", "a b c d"), pair("e f g h", "e f g h")], { profile: "authors" });
    expect(formatScores(evaluation)).toMatchInlineSnapshot(`
      "profile authors, 2 texts, percent
      BLEU-1  BLEU-2  BLEU-3  BLEU-4  ROUGE-L    CIDEr  BERTScore  F1CheXbert  F1RadGraph
      100.00  100.00  100.00  100.00   100.00  1000.00          –           –           –
      BERTScore: not computed: weights of distilbert-base-uncased missing, get them with \`regionformer models pull distilbert/distilbert-base-uncased\` and name the folder with --bertscore-model
      F1CheXbert: not computed: weights of chexbert.pth missing, get them with \`regionformer models pull StanfordAIMI/RRG_scorers --file chexbert.pth\` and name the folder with --chexbert-model
      F1RadGraph: not computed: weights of radgraph-xl.tar.gz missing, get them with \`regionformer models pull StanfordAIMI/RRG_scorers --file radgraph-xl.tar.gz\` and name the folder with --radgraph-model"
    `);
    const document = scoresDocument(evaluation);
    expect(document).toMatchObject({ profile: "authors", items: 2 });
    expect(document.scores.CIDEr).toBeCloseTo(10, 10);
    expect(document.scores.BERTScore).toBeNull();
    expect(Object.keys(document.notComputed!)).toEqual(["BERTScore", "F1CheXbert", "F1RadGraph"]);
  });

  it("puts a metric with weights into its place", async () => {
    const half: Metric = {
      name: "F1CheXbert",
      columns: ["F1CheXbert"],
      measure: async (pairs) => meansOf({ F1CheXbert: pairs.map((_, i) => i) }, { classes: 14 }),
    };
    const pairs = [pair("a", "a"), pair("b", "b"), pair("c", "c")];
    const evaluation = await evaluate(pairs, { profile: "authors", weighted: new Map([["F1CheXbert", half]]) });
    const { scores, details } = scoresDocument(evaluation);
    expect(Object.keys(scores).slice(-3)).toEqual(["BERTScore", "F1CheXbert", "F1RadGraph"]);
    expect(scores.F1CheXbert).toBe(1);
    expect(details).toEqual({ F1CheXbert: { classes: 14 } });
    expect(item(evaluation, "F1CheXbert")).toEqual([0, 1, 2]);
  });

  it("rounds corpus values in profile radeval only, as Python rounds", async () => {
    const pairs = [pair("a b c d e f", "a b c x y z w"), pair("a", "b"), pair("q r", "r q")];
    const values = async (profile: "authors" | "radeval") =>
      scoresDocument(await evaluate(pairs, { profile })).scores as Record<string, number>;
    const [raw, rounded] = [await values("authors"), await values("radeval")];
    expect(raw["BLEU-1"]).not.toBe(rounded["BLEU-1"]);
    expect(rounded["BLEU-1"]).toBe(Number(raw["BLEU-1"]!.toFixed(4)));
  });

  it("refuses an empty set", async () => {
    await expect(evaluate([], { profile: "authors" })).rejects.toThrow(/nothing to score/);
  });
});

describe("the longest common subsequence", () => {
  it.each([
    ["", "", 0],
    ["a b c", "", 0],
    ["a b c d", "b d", 2],
    ["a b a b", "b a b a", 3],
    ["x a y b z c", "a b c", 3],
  ])("of '%s' and '%s' is %i long", (a, b, length) => {
    const tokens = (text: string) => text.split(" ").filter((token) => token !== "");
    expect(longestCommonSubsequence(tokens(a), tokens(b))).toBe(length);
  });
});
