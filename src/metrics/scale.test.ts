/** Many pairs and absurd texts: results stay what they are for few and for short ones. */
import { describe, expect, it } from "vitest";
import { Random } from "../base/random.ts";
import { bleu } from "./bleu/bleu.ts";
import { cider } from "./cider/cider.ts";
import { labelText } from "./labeler/label-text.ts";
import { valuesOf } from "./measurement.ts";
import { NgramTrie, ngramTotal } from "./ngram-trie.ts";
import { cocoCaptions } from "./ptb/tokenize.ts";
import { longestCommonSubsequence } from "./rouge/longest-common-subsequence.ts";
import { rouge1, rougeL } from "./rouge/rouge.ts";

/** 300 words of letters alone. */
const words = Array.from({ length: 300 }, (_, i) => `w${String.fromCharCode(97 + (i % 26))}${"x".repeat(i / 26)}`);

function sentence(random: Random, length: number): string {
  return Array.from({ length }, () => random.choose(words)).join(" ");
}

describe("the trie of n-grams", () => {
  it("gives one id to equal n-grams and different ones to others, while it grows", () => {
    const random = new Random(1);
    const trie = new NgramTrie();
    const ids = new Map<string, number>();
    for (let i = 0; i < 400; i++) {
      const tokens = sentence(random, random.integer(12))
        .split(" ")
        .filter((token) => token !== "");
      const found = trie.ngramsOf(tokens, 4);
      expect(found.length).toBe(ngramTotal(tokens.length, 4));
      let at = 0;
      for (let order = 1; order <= 4; order++) {
        for (let start = 0; start + order <= tokens.length; start++, at++) {
          const ngram = tokens.slice(start, start + order).join(" ");
          expect(ids.get(ngram) ?? found[at]).toBe(found[at]);
          ids.set(ngram, found[at]!);
        }
      }
    }
    expect(new Set(ids.values()).size).toBe(ids.size);
    expect(trie.size).toBe(ids.size + 1);
    expect(ids.size).toBeGreaterThan(2048); // it has grown
  });

  it("finds what it has seen without adding to it, and forgets when asked", () => {
    const trie = new NgramTrie();
    const seen = trie.ngramsOf(["a", "b", "a"], 2); // a, b, a; a b, b a
    expect([...trie.knownNgramsOf(["b", "a", "c", "a"], 2)]).toEqual([seen[1], seen[0], -1, seen[0], seen[4], -1, -1]);
    expect(trie.size).toBe(5);
    trie.clear();
    expect(trie.size).toBe(1);
    expect([...trie.knownNgramsOf(["a"], 2)]).toEqual([-1]);
    expect([...trie.ngramsOf(["b", "a"], 2)]).toEqual([1, 2, 3]);
  });
});

describe("the longest common subsequence", () => {
  /** The textbook's programme. */
  function slow(a: readonly string[], b: readonly string[]): number {
    const rows = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
    for (let i = 1; i <= a.length; i++) {
      for (let j = 1; j <= b.length; j++) {
        const above = Math.max(rows[i - 1]![j]!, rows[i]![j - 1]!);
        rows[i]![j] = a[i - 1] === b[j - 1] ? rows[i - 1]![j - 1]! + 1 : above;
      }
    }
    return rows[a.length]![b.length]!;
  }

  it("is the textbook's for lengths around the word size", () => {
    const random = new Random(2);
    for (const alphabet of [2, 5, 40]) {
      for (const [n, m] of [
        [0, 3],
        [31, 32],
        [32, 33],
        [64, 64],
        [65, 10],
        [100, 97],
      ] as const) {
        const of = (length: number) => Array.from({ length }, () => `${random.integer(alphabet)}`);
        const [a, b] = [of(n), of(m)];
        expect(longestCommonSubsequence(a, b)).toBe(slow(a, b));
      }
    }
  });
});

describe("several thousand pairs", () => {
  const random = new Random(3);
  const pairs = Array.from({ length: 4000 }, () => {
    const reference = sentence(random, 3 + random.integer(20));
    return { hypothesis: random.uniform() < 0.5 ? reference : sentence(random, 10), references: [reference] };
  });

  it("score as the sum of their parts does", () => {
    const measurement = bleu.measure(pairs);
    const parts = [pairs.slice(0, 1500), pairs.slice(1500)].map((part) => bleu.measure(part));
    const sums = new Float64Array(measurement.width);
    for (const { statistics, width } of parts) {
      for (const [at, value] of statistics.entries()) sums[at % width]! += value;
    }
    expect(valuesOf(measurement)).toEqual(measurement.valuesOf(sums, pairs.length));
    const [half] = valuesOf(rougeL.measure(pairs));
    expect(half).toBeGreaterThan(0.5);
    const [ciderValue] = valuesOf(cider.measure(pairs));
    expect(ciderValue).toBeGreaterThan(4.5);
    expect(ciderValue).toBeLessThan(6);
  });
});

describe("a hypothesis of a million characters", () => {
  const random = new Random(4);
  const long = sentence(random, 150_000);
  const few = words.slice(1, 5).join(" ");
  const pairs = [
    { hypothesis: long, references: [few] },
    { hypothesis: few, references: [few] },
  ];

  it("is scored like any other", () => {
    expect(long.length).toBeGreaterThan(1_000_000);
    expect(bleu.measure(pairs).statistics[8]).toBe(150_000);
    expect(valuesOf(rouge1.measure(pairs))[0]).toBeCloseTo(0.5, 3);
    expect(valuesOf(rougeL.measure(pairs))[0]).toBeCloseTo(0.5, 3);
    expect(Number.isFinite(valuesOf(cider.measure(pairs))[0])).toBe(true);
  });

  it.each([
    ["words", long],
    ["one word", "a".repeat(1_000_000)],
    ["dots", "a.".repeat(500_000)],
    ["hyphens", "a-".repeat(500_000)],
    ["digits and commas", "1,".repeat(500_000)],
  ])("does not stop the tokenizer: %s", (_, text) => {
    expect(cocoCaptions([text, "next"]).at(-1)).toBe("next");
  });

  it("does not stop the labeler", () => {
    expect(labelText(`${long}. Pleural effusion.`).get("Pleural Effusion")).toBe("positive");
  });
});

describe("texts that provoke the tokenizer's look-ahead", () => {
  it.each(["<a ", "a'", "a/", "a,", "<", "a@", "<a b=c ", "a:/"])("take no more than their length: %s", (part) => {
    expect(cocoCaptions([part.repeat(4000), "next"]).at(-1)).toBe("next");
  });
});
