import { describe, expect, it } from "vitest";
import { evaluate, formatScores, scoresDocument } from "./index.ts";
import { longestCommonSubsequence } from "./rouge/rouge-l.ts";

const pair = (hypothesis: string, reference: string) => ({ hypothesis, references: [reference] });

describe("evaluate", () => {
  it("strips texts and nothing else: case and punctuation count", () => {
    const { columns } = evaluate(
      [pair(" no effusion. \n", "no effusion."), pair("No effusion", "no effusion.")],
      "authors",
    );
    expect(columns.get("BLEU-1")!.items[0]).toBeCloseTo(1, 8);
    expect(columns.get("BLEU-1")!.items[1]).toBeLessThan(1e-12);
    expect(columns.get("ROUGE-L")!.items).toEqual([1, 1]);
  });

  it("names the profile in the table and in the document", () => {
    const scores = evaluate([pair("a b c d", "a b c d"), pair("e f g h", "e f g h")], "authors");
    expect(formatScores(scores)).toMatchInlineSnapshot(`
      "profile authors, 2 texts, percent
      BLEU-1  BLEU-2  BLEU-3  BLEU-4  ROUGE-L    CIDEr
      100.00  100.00  100.00  100.00   100.00  1000.00"
    `);
    const document = scoresDocument(scores);
    expect(document).toMatchObject({ profile: "authors", items: 2 });
    expect(Object.keys(document.scores)).toEqual(["BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "ROUGE-L", "CIDEr"]);
    expect(document.scores.CIDEr).toBeCloseTo(10, 10);
  });

  it("refuses an empty set, and the profile that comes later", () => {
    expect(() => evaluate([], "authors")).toThrow(/nothing to score/);
    expect(() => evaluate([pair("a", "a")], "coco")).toThrow(/comes with the metrics issue/);
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
