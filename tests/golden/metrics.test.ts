/** BLEU, ROUGE-L, CIDEr and the stemmer against the original packages. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bleu } from "../../src/metrics/bleu/bleu.ts";
import { cider } from "../../src/metrics/cider/cider.ts";
import { evaluate, type Metric } from "../../src/metrics/index.ts";
import { porterStem } from "../../src/metrics/rouge/porter-stemmer.ts";
import { rougeL } from "../../src/metrics/rouge/rouge-l.ts";
import { rougeTokens } from "../../src/metrics/rouge/tokenize.ts";
import { pythonStrip } from "../../src/text/index.ts";
import { expectClose } from "../support/expect-close.ts";
import { readGolden } from "../support/golden.ts";

interface Manifest {
  readonly hypotheses: readonly string[];
  readonly references: readonly string[];
  readonly columns: Readonly<Record<string, { readonly corpus: number; readonly items: readonly number[] }>>;
  readonly stems: Readonly<Record<string, string>>;
}
const { manifest } = readGolden<Manifest>("metrics");

/** Edge cases with what the references gave (from the project's specification of the metrics). */
interface Case {
  readonly metric: string;
  readonly case: string;
  readonly hyps: readonly string[];
  readonly refs: readonly (string | readonly string[])[];
  readonly expected: Readonly<Record<string, number | readonly number[] | string | readonly string[][]>>;
}
const cases = JSON.parse(readFileSync(new URL("metrics/cases.json", import.meta.url), "utf8")) as Case[];

const metrics: Readonly<Record<string, Metric>> = { bleu, rouge: rougeL, cider };

/** Scores a case by its one metric, prepared as the profile does. */
function scoresOf({ metric, hyps, refs }: Case) {
  const references = refs.map((reference) => [reference].flat().map(pythonStrip));
  const pairs = hyps.map((hypothesis, i) => ({ hypothesis: pythonStrip(hypothesis), references: references[i]! }));
  return metrics[metric]!.score(pairs);
}

/** Our column of an expected key such as `bleu3_per_item`. */
function columnOf(key: string): string {
  const [name = ""] = key.split("_per_item");
  return { cider: "CIDEr", rougeL: "ROUGE-L" }[name] ?? name.replace(/^bleu(\d)$/, "BLEU-$1");
}

describe("300 sentences by the packages", () => {
  const pairs = manifest.hypotheses.map((hypothesis, i) => ({ hypothesis, references: [manifest.references[i]!] }));
  const { columns } = evaluate(pairs, "authors");

  it("have the same columns", () => expect([...columns.keys()]).toEqual(Object.keys(manifest.columns)));

  it.each(Object.entries(manifest.columns))("%s", (name, { corpus, items }) => {
    expectClose([columns.get(name)!.corpus], [corpus], "float64Sum");
    expectClose(columns.get(name)!.items, items, "float64Sum");
  });
});

describe("edge cases", () => {
  const scored = cases.filter(({ metric }) => metric in metrics);

  it.each(scored.map((golden) => [`${golden.metric} ${golden.case}`, golden] as const))("%s", (_, golden) => {
    if ("error" in golden.expected) {
      expect(() => scoresOf(golden)).toThrow(/CIDEr is not defined/);
      return;
    }
    const columns = scoresOf(golden);
    for (const [key, value] of Object.entries(golden.expected)) {
      const scores = columns.get(columnOf(key))!;
      expectClose(Array.isArray(value) ? scores.items : [scores.corpus], [value].flat() as number[], "float64Sum", key);
    }
  });
});

describe("the stemmer", () => {
  it("agrees with NLTK on generated and irregular words", () => {
    const words = Object.keys(manifest.stems);
    expect(words.length).toBeGreaterThan(1500);
    expect(Object.fromEntries(words.map((word) => [word, porterStem(word)]))).toEqual(manifest.stems);
  });

  it("agrees with NLTK on radiology's words", () => {
    const golden = cases.find(({ metric }) => metric === "porter_stem")!;
    expect(golden.hyps.map(porterStem)).toEqual(golden.expected.stems);
  });

  it("sees the same tokens as rouge_score", () => {
    const golden = cases.find(({ metric }) => metric === "rouge_tokenize")!;
    expect(golden.hyps.map(rougeTokens)).toEqual(golden.expected.tokens);
  });
});
