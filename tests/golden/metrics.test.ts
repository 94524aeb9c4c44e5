/** Counting metrics, the stemmer and averages over labels against the original packages. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bleu } from "../../src/metrics/bleu/bleu.ts";
import { cider } from "../../src/metrics/cider/cider.ts";
import {
  evaluate,
  itemScores,
  labelMeasurement,
  labelReport,
  scoresOf,
  type TextMetric,
} from "../../src/metrics/index.ts";
import { findProfile } from "../../src/metrics/profiles.ts";
import { cocoCaptions, ptbTokens } from "../../src/metrics/ptb/tokenize.ts";
import { cocoRougeL } from "../../src/metrics/rouge/coco-rouge-l.ts";
import { porterStem } from "../../src/metrics/rouge/porter-stemmer.ts";
import { rouge1, rouge2, rougeL } from "../../src/metrics/rouge/rouge.ts";
import { Tokenizer } from "../../src/metrics/rouge/tokenize.ts";
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
  readonly profile: string;
  readonly case: string;
  readonly options?: { readonly pretokenized?: boolean };
  readonly hyps: readonly string[];
  readonly refs: readonly (string | readonly string[])[];
  readonly expected: Readonly<Record<string, Expected>>;
}
type Expected = number | readonly (number | { readonly f: number })[] | string | readonly string[][];
const cases = JSON.parse(readFileSync(new URL("metrics/cases.json", import.meta.url), "utf8")) as Case[];
const casesOf = (...metrics: readonly string[]) => cases.filter(({ metric }) => metrics.includes(metric));

/** The metric that a key of the expected values belongs to, such as `bleu3_per_item`, and our column of it. */
function columnOf(key: string, profile: string): readonly [TextMetric, string] {
  const [, name, order] = /^(bleu|rouge|cider)_?(\w)?(_per_item|_per_sample)?$/.exec(key)!;
  if (name === "cider") return [cider, "CIDEr"];
  if (name === "bleu") return [bleu, `BLEU-${order ?? 4}`];
  if (profile === "coco") return [cocoRougeL, "ROUGE-L"];
  return [{ "1": rouge1, "2": rouge2 }[order!] ?? rougeL, `ROUGE-${order}`];
}

/** Pairs as the profile prepares them; some cases come with their tokens. */
function preparedPairs({ hyps, refs, profile, options }: Case) {
  const pairs = hyps.map((hypothesis, i) => ({ hypothesis, references: [refs[i]!].flat() }));
  return options?.pretokenized === true ? pairs : findProfile(profile as "authors" | "coco").prepare(pairs);
}

/** Values of the corpus or of the items; rouge_score's carry precision and recall too. */
function fMeasures(value: Expected): number[] {
  return [value].flat().map((item) => (typeof item === "object" ? (item as { readonly f: number }).f : Number(item)));
}

describe.each([
  ["authors", manifest.columns],
  ["coco", readGolden<Pick<Manifest, "columns">>("ptb").manifest.columns],
] as const)("300 sentences by the packages, profile %s", async (profile, expected) => {
  const pairs = manifest.hypotheses.map((hypothesis, i) => ({ hypothesis, references: [manifest.references[i]!] }));
  const evaluation = await evaluate(pairs, { profile });
  const measured = evaluation.outcomes.flatMap(({ outcome }) => ("statistics" in outcome ? [outcome] : []));
  const scores = new Map(measured.flatMap((outcome) => [...scoresOf(outcome)]));

  it("have the same columns", () => expect([...scores.keys()]).toEqual(Object.keys(expected)));

  it.each(Object.entries(expected))("%s", (name, { corpus, items }) => {
    expectClose([scores.get(name)!.corpus], [corpus], "float64Sum");
    expectClose(scores.get(name)!.items, items, "float64Sum");
    expectClose(itemScores(evaluation).get(name)!, items, "float64Sum");
  });
});

describe("edge cases", () => {
  const scored = casesOf("bleu", "rouge", "rougeL", "cider", "bleu+rouge");

  it.each(scored.map((row) => [`${row.metric} ${row.profile} ${row.case}`, row] as const))("%s", (_, row) => {
    const pairs = preparedPairs(row);
    if ("error" in row.expected) {
      expect(() => cider.measure(pairs)).toThrow(/CIDEr is not defined/);
      return;
    }
    for (const [key, value] of Object.entries(row.expected)) {
      const [metric, column] = columnOf(key, row.profile);
      const scores = scoresOf(metric.measure(pairs)).get(column)!;
      expectClose(Array.isArray(value) ? scores.items : [scores.corpus], fMeasures(value), "float64Sum", key);
    }
  });
});

describe("the PTB tokenizer", () => {
  const { lines, tokens } = readGolden<{ readonly lines: readonly string[]; readonly tokens: readonly string[] }>(
    "ptb",
  ).manifest;

  it("agrees with Stanford's on lines made to provoke its rules", () => {
    const ours = ptbTokens(lines).map((line) => line.join(" "));
    const differing = lines.flatMap((line, i) => (ours[i] === tokens[i] ? [] : [[line, tokens[i], ours[i]]]));
    expect(differing).toEqual([]);
  });

  it.each(casesOf("ptb_tokenize").map((row) => [row.case, row] as const))(
    "agrees with it on captions: %s",
    (_, row) => {
      expect(ptbTokens(row.hyps).map((line) => line.join(" "))).toEqual(row.expected.raw_lines);
      expect(cocoCaptions(row.hyps)).toEqual(row.expected.after_punct_removal);
    },
  );

  it("reads a caption with odd line separators as one caption", () => {
    expect(cocoCaptions(["a\r\nb\u2028c\u0085d", "e"])).toEqual(["a b c d", "e"]);
    expect(cocoCaptions([])).toEqual([]);
  });
});

describe("the stemmer", () => {
  it("agrees with NLTK on generated and irregular words", () => {
    const words = Object.keys(manifest.stems);
    expect(words.length).toBeGreaterThan(1500);
    expect(Object.fromEntries(words.map((word) => [word, porterStem(word)]))).toEqual(manifest.stems);
  });

  it("agrees with NLTK on radiology's words", () => {
    const [golden] = casesOf("porter_stem");
    expect(golden!.hyps.map(porterStem)).toEqual(golden!.expected.stems);
  });

  it("sees the same tokens as rouge_score", () => {
    const [golden] = casesOf("rouge_tokenize");
    const tokenizer = new Tokenizer();
    expect(golden!.hyps.map((text) => tokenizer.tokens(text))).toEqual(golden!.expected.tokens);
  });
});

/** scikit-learn's reports on label vectors, and what the two profiles take from them. */
interface LabelCase {
  readonly case: string;
  readonly options: { readonly label_order: readonly string[]; readonly five: readonly string[] };
  readonly hyps: readonly (readonly number[])[];
  readonly refs: readonly (readonly number[])[];
  readonly expected: {
    readonly accuracy_5: number;
    readonly authors_scalar: number;
    readonly report_5: Readonly<Record<string, Readonly<Record<string, number>>>>;
    readonly report_14: Readonly<Record<string, Readonly<Record<string, number>>>>;
    readonly radeval: Readonly<Record<string, number>>;
  };
}

describe("averages over labels", () => {
  const rows = casesOf("chexbert_labels") as unknown as LabelCase[];

  it.each(rows.map((row) => [row.case, row] as const))(
    "are scikit-learn's: %s",
    (_, { options, hyps, refs, expected }) => {
      const names = options.label_order;
      const five = options.five.map((name) => names.indexOf(name));
      for (const [chosen, report] of [
        [five, expected.report_5],
        [undefined, expected.report_14],
      ] as const) {
        const { labels, micro, macro, weighted, samples } = labelReport(names, refs, hyps, chosen);
        const ours = {
          ...labels,
          "micro avg": micro,
          "macro avg": macro,
          "weighted avg": weighted,
          "samples avg": samples,
        };
        expect(Object.keys(ours)).toEqual(Object.keys(report));
        for (const [name, { precision, recall, f1, support }] of Object.entries(ours)) {
          const theirs = report[name]!;
          const row = [theirs.precision!, theirs.recall!, theirs["f1-score"]!, theirs.support!];
          expectClose([precision, recall, f1, support], row, "float64Sum", name);
        }
      }
      expect(labelReport(names, refs, hyps, five).accuracy).toBeCloseTo(expected.accuracy_5, 12);
    },
  );

  it.each(rows.map((row) => [row.case, row] as const))("come from sums of counts: %s", (_, row) => {
    const { options, hyps, refs, expected } = row;
    const labels = options.five.map((name) => options.label_order.indexOf(name));
    const averages = ["micro", "macro", "weighted"] as const;
    const columns = averages.flatMap((average) => [
      { name: `f1chexbert_5_${average}_f1`, average, labels },
      { name: `f1chexbert_all_${average}_f1`, average },
    ]);
    const accuracy = { name: "accuracy", average: "accuracy" as const, labels };
    const scores = scoresOf(labelMeasurement(options.label_order, refs, hyps, [...columns, accuracy]));
    for (const [name, value] of Object.entries(expected.radeval)) {
      // RadEval rounds to four decimals.
      expect(scores.get(name)!.corpus).toBeCloseTo(value, 4);
    }
    expectClose([scores.get("f1chexbert_5_micro_f1")!.corpus], [expected.authors_scalar], "float64Sum");
    expectClose([scores.get("accuracy")!.corpus], [expected.accuracy_5], "float64Sum");
  });
});
