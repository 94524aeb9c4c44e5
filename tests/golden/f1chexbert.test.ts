/** F1CheXbert against the authors' class and scikit-learn's reports: the rows of the specification. */
import { describe, expect, it } from "vitest";
import { float32 } from "../../src/base/arrays.ts";
import { silentReporter } from "../../src/base/reporter.ts";
import { SequenceEncoder } from "../../src/metrics/encoder/sequence-encoder.ts";
import { classifyReports } from "../../src/metrics/f1chexbert/classify.ts";
import { chexbertMeasurement, f1Chexbert } from "../../src/metrics/f1chexbert/f1chexbert.ts";
import { chexbertLabels, fiveLabels, indicatorOf, printedClass } from "../../src/metrics/f1chexbert/labels.ts";
import { type LabelReport, type LabelScore, labelReport, scoresOf, valuesOf } from "../../src/metrics/index.ts";
import { parseBertConfig } from "../../src/models/bert/index.ts";
import { chexbertGraph, chexbertShapes } from "../../src/models/chexbert/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { createEncoderTokenizer, withEnds, wordPieceDefinition } from "../../src/text/index.ts";
import { expectClose } from "../support/expect-close.ts";
import {
  specificationRow,
  specificationRows,
  specificationTensor,
  specificationVocabulary,
} from "../support/specification-models.ts";

type SklearnReport = Readonly<
  Record<string, Readonly<Record<"precision" | "recall" | "f1-score" | "support", number>>>
>;

function expectScore(actual: LabelScore, expected: SklearnReport[string], what: string): void {
  const { precision, recall, f1, support } = actual;
  const wanted = [expected.precision, expected.recall, expected["f1-score"], expected.support];
  expectClose([precision, recall, f1, support], wanted, "float64Sum", what);
}

function expectReport({ labels, micro, macro, weighted, samples }: LabelReport, expected: SklearnReport): void {
  const averages = { "micro avg": micro, "macro avg": macro, "weighted avg": weighted, "samples avg": samples };
  const actual: Readonly<Record<string, LabelScore>> = { ...labels, ...averages };
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [name, score] of Object.entries(actual)) expectScore(score, expected[name]!, name);
}

describe("the class on a tiny model", () => {
  interface Expected {
    readonly classes_hyps: readonly (readonly number[])[];
    readonly classes_refs: readonly (readonly number[])[];
    readonly labels_hyps: readonly (readonly number[])[];
    readonly logits_hyp0: readonly (readonly number[])[];
    readonly classification_mode_hyp1: readonly (number | string)[];
    readonly accuracy_5: number;
    readonly report_14: SklearnReport;
    readonly report_5: SklearnReport;
  }
  interface Options {
    readonly config: object;
    readonly head_weight_multiplier: number;
  }
  const { options, hyps, refs, expected } = specificationRow<Options, Expected>("chexbert", "tiny_bert_end_to_end");
  const config = parseBertConfig({ model_type: "bert", ...options.config }, "golden");
  const weights = new Map(
    [...chexbertShapes(config)].map(([name, shape]) => {
      const factor = name.includes("linear_heads") ? options.head_weight_multiplier : 1;
      return [name, specificationTensor(name, shape, factor)] as const;
    }),
  );
  const tokenizer = createEncoderTokenizer(
    wordPieceDefinition(specificationVocabulary.join("\n"), {}, ""),
    {},
    "vocab.txt",
  );
  const runtime = openRuntime();
  const chexbert = { runtime, load: async () => ({ config, weights, tokenizer }) };
  const pairs = hyps.map((hypothesis, i) => ({ hypothesis, references: [refs[i]!] }));

  it("logits", async () => {
    await using encoder = new SequenceEncoder(runtime, { config, weights }, (shape) => chexbertGraph(config, shape));
    const rows: number[] = [];
    await encoder.encode([withEnds(tokenizer, tokenizer.pieces(hyps[0]!), 24)], (_, row) => rows.push(...row));
    expectClose(float32([rows.length], rows).data, expected.logits_hyp0.flat(), "float32Engine");
  });

  it("classes", async () => {
    const classes = await classifyReports([...hyps, ...refs], chexbert);
    expect(hyps.map((text) => [...classes.get(text)!])).toEqual(expected.classes_hyps);
    expect(refs.map((text) => [...classes.get(text)!])).toEqual(expected.classes_refs);
    expect(expected.classes_hyps.map((row) => row.map(indicatorOf))).toEqual(expected.labels_hyps);
    const printed = [...classes.get(hyps[1]!)!].map((chosen) => printedClass(chosen, "authors"));
    expect(printed).toEqual(expected.classification_mode_hyp1);
  });

  it("scores", async () => {
    const outcome = await f1Chexbert("authors", chexbert).measure(pairs, silentReporter);
    if (!("statistics" in outcome)) throw new Error("not measured");
    expectClose(valuesOf(outcome), [expected.report_5["micro avg"]!["f1-score"]], "float64Sum");
    const details = outcome.details as { readonly five: LabelReport; readonly fourteen: LabelReport };
    expectReport(details.five, expected.report_5);
    expectReport(details.fourteen, expected.report_14);
    expectClose([details.five.accuracy], [expected.accuracy_5], "float64Sum");
  });
});

describe("given labels", () => {
  interface Expected {
    readonly accuracy_5: number;
    readonly radeval_sample_acc_5: readonly number[];
    readonly radeval_sample_acc_all: readonly number[];
    readonly report_14: SklearnReport;
    readonly report_5: SklearnReport;
    readonly radeval: Readonly<Record<string, number>>;
  }
  const rows = specificationRows<unknown, Expected>("chexbert_labels");

  it.each(rows.map((row) => [row.case, row] as const))("%s", (_, { hyps, refs, expected }) => {
    const indicators = (rows: readonly unknown[]) => (rows as number[][]).map((row) => Uint8Array.from(row));
    const [said, meant] = [indicators(hyps), indicators(refs)];
    expectReport(labelReport(chexbertLabels, meant, said), expected.report_14);
    expectReport(labelReport(chexbertLabels, meant, said, fiveLabels), expected.report_5);
    const scores = scoresOf(chexbertMeasurement(meant, said, undefined, true));
    for (const [key, value] of Object.entries(expected.radeval)) {
      const [, labels, average] = /f1chexbert_(5|all)_(\w+)_f1/.exec(key)!;
      const column = scores.get(`F1CheXbert-${labels === "all" ? 14 : 5} ${average}`)!;
      expectClose([column.corpus], [value], "float64Sum", key);
      const agreement = labels === "all" ? expected.radeval_sample_acc_all : expected.radeval_sample_acc_5;
      expectClose(column.items, agreement, "float64Sum", key);
    }
  });

  it("classes as they are printed", () => {
    const { expected } = specificationRow<unknown, Readonly<Record<string, Readonly<Record<string, unknown>>>>>(
      "chexbert_class_map",
      "map",
    );
    const map = (value: (chosen: number) => unknown) =>
      Object.fromEntries([0, 1, 2, 3].map((chosen) => [`${chosen}`, value(chosen)]));
    expect(map(indicatorOf)).toEqual(expected.rrg);
    expect(map((chosen) => printedClass(chosen, "authors"))).toEqual(expected.authors_classification);
    expect(map((chosen) => printedClass(chosen, "radeval"))).toEqual(expected.radeval_classification);
  });
});
