/** BERTScore against bert_score: the rows of the specification on its tiny DistilBERT, and cases on three families. */
import { describe, expect, it } from "vitest";
import type { Shape } from "../../src/base/arrays.ts";
import { silentReporter } from "../../src/base/reporter.ts";
import { baselines } from "../../src/metrics/bertscore/baselines.ts";
import { type BertScoreOptions, bertScore, bertScores } from "../../src/metrics/bertscore/bertscore.ts";
import { greedyMatch, toUnitRows } from "../../src/metrics/bertscore/greedy-matching.ts";
import { inverseFrequencies } from "../../src/metrics/bertscore/token-weights.ts";
import { SequenceEncoder } from "../../src/metrics/encoder/sequence-encoder.ts";
import { scoresOf } from "../../src/metrics/index.ts";
import { bertGraph, bertShapes, parseBertConfig } from "../../src/models/bert/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { createEncoderTokenizer, withEnds, wordPieceDefinition } from "../../src/text/index.ts";
import { expectClose } from "../support/expect-close.ts";
import { readGolden } from "../support/golden.ts";
import { portableWeights } from "../support/portable.ts";
import {
  specificationRow,
  specificationRows,
  specificationVocabulary,
  specificationWeights,
} from "../support/specification-models.ts";

const runtime = openRuntime();
const definition = wordPieceDefinition(specificationVocabulary.join("\n"), {}, "vocab.txt");
const tokenizer = createEncoderTokenizer(definition, { model_max_length: 24 }, "vocab.txt");
const hidden = specificationRow<{ readonly config: object }, Record<string, readonly number[] | number>>(
  "distilbert_hidden",
  "tiny_distilbert",
);
const config = parseBertConfig({ model_type: "distilbert", ...hidden.options.config }, "golden");
const weights = specificationWeights(bertShapes(config));
const load = async () => ({ config, weights, tokenizer });

function pairsOf({ hyps, refs }: { readonly hyps: readonly string[]; readonly refs: readonly string[] }) {
  return hyps.map((hypothesis, i) => ({ hypothesis, references: [refs[i]!] }));
}

interface Scores {
  readonly P: readonly number[];
  readonly R: readonly number[];
  readonly F1: readonly number[];
  readonly mean_F1?: number;
  readonly idf_id?: Readonly<Record<string, number>>;
}

describe("hidden states of the tiny DistilBERT", () => {
  it.each([0, 5, 6])("layer %i", async (layers) => {
    await using encoder = new SequenceEncoder(runtime, { config, weights }, (shape) =>
      bertGraph(config, shape, { layers }),
    );
    const sequences = hidden.hyps.map((text) => withEnds(tokenizer, tokenizer.pieces(text), 24));
    const states: Float32Array[] = [];
    await encoder.encode(sequences, (i, rows) => {
      states[i] = rows.slice(0, sequences[i]!.length * config.width);
    });
    const expected = Object.entries(hidden.expected).filter(([key]) => key.startsWith(`n${layers}_`));
    expect(expected.length).toBeGreaterThan(0);
    for (const [key, value] of expected) {
      const [, item, token] = /item(\d+)_(?:tok(\d+)|sum)$/.exec(key)!;
      const rows = states[Number(item)]!;
      if (typeof value === "number") expectClose([rows.reduce((sum, x) => sum + x, 0)], [value], "float32Engine", key);
      else expectClose(rows.slice(Number(token) * config.width).slice(0, value.length), value, "float32Engine", key);
    }
  });
});

describe("pairs", () => {
  const rows = specificationRows<
    { readonly rescale_with_baseline: boolean; readonly idf?: boolean; readonly num_layers: number },
    Scores
  >("bertscore");

  it.each(rows.map((row) => [row.case, row] as const))("%s", async (_, row) => {
    const { rescale_with_baseline: rescales, idf = false, num_layers: layer } = row.options;
    const baseline = rescales ? baselines["distilbert-base-uncased"]![layer]! : undefined;
    const options: BertScoreOptions = { runtime, load, layer, idf, ...(baseline === undefined ? {} : { baseline }) };
    const { precision, recall, f1 } = await bertScores(pairsOf(row), options);
    expectClose(precision, row.expected.P, "float32Engine", "P");
    expectClose(recall, row.expected.R, "float32Engine", "R");
    expectClose(f1, row.expected.F1, "float32Engine", "F1");
    if (row.expected.mean_F1 === undefined) return;
    const outcome = await bertScore(options).measure(pairsOf(row), silentReporter);
    if (!("statistics" in outcome)) throw new Error("not measured");
    expectClose([scoresOf(outcome).get("BERTScore")!.corpus], [row.expected.mean_F1], "float32Engine", "mean");
  });

  it("weights of tokens by their frequency", () => {
    const row = rows.find(({ options }) => options.idf === true)!;
    const weightOf = inverseFrequencies(row.refs.map((text) => withEnds(tokenizer, tokenizer.pieces(text), 24)));
    const entries = Object.entries(row.expected.idf_id!);
    expectClose(
      entries.map(([id]) => weightOf(Number(id))),
      entries.map(([, value]) => value),
      "float64Sum",
    );
  });
});

describe("given vectors", () => {
  interface Expected {
    readonly P: number;
    readonly R: number;
    readonly F1: number;
  }
  const rows = specificationRows<unknown, Expected>("bertscore_greedy");

  it.each(rows.map((row) => [row.case, row] as const))("%s", (_, { hyps, refs, expected }) => {
    const side = (rows: readonly unknown[]) => {
      const vectors = toUnitRows(Float32Array.from((rows as number[][]).flat()), 3);
      return { vectors, weights: rows.map((_, i) => Number(i > 0 && i < rows.length - 1)) };
    };
    const { precision, recall, f1 } = greedyMatch(side(hyps), side(refs));
    expectClose([precision, recall, f1], [expected.P, expected.R, expected.F1], "float32Engine");
  });
});

interface PackageCase extends Scores {
  readonly model: string;
  readonly layer: number;
  readonly idf: boolean;
  readonly baseline: string | null;
  readonly references: readonly (readonly string[])[];
}
const { hypotheses, models, cases } = readGolden<{
  readonly hypotheses: readonly string[];
  readonly models: Readonly<
    Record<string, { readonly config: object; readonly parameters: Record<string, Shape>; readonly maxLength: number }>
  >;
  readonly cases: readonly { readonly case: PackageCase }[];
}>("bertscore").manifest;
const tokenizers = readGolden<{ readonly vocabulary: readonly string[]; readonly bpe: object }>(
  "encoder-tokenizers",
).manifest;

describe("the package on DistilBERT, BERT and RoBERTa", () => {
  it.each(
    cases.map(({ case: c }) => [`${c.model}, layer ${c.layer}, idf ${c.idf}, baseline ${c.baseline}`, c] as const),
  )("%s", async (_, golden) => {
    const { config, parameters, maxLength } = models[golden.model]!;
    const definition = golden.model.endsWith("roberta")
      ? tokenizers.bpe
      : wordPieceDefinition(tokenizers.vocabulary.join("\n"), {}, "vocab.txt");
    const model = {
      config: parseBertConfig(config, "golden"),
      weights: portableWeights(golden.model, parameters),
      tokenizer: createEncoderTokenizer(definition, { model_max_length: maxLength }, "golden"),
    };
    const { layer, idf, references } = golden;
    const baseline = golden.baseline === null ? {} : { baseline: baselines[golden.baseline]![layer]! };
    const pairs = hypotheses.map((hypothesis, i) => ({ hypothesis, references: references[i]! }));
    const { precision, recall, f1 } = await bertScores(pairs, {
      runtime,
      load: async () => model,
      layer,
      idf,
      ...baseline,
    });
    expectClose(precision, golden.P, "float32Engine", "P");
    expectClose(recall, golden.R, "float32Engine", "R");
    expectClose(f1, golden.F1, "float32Engine", "F1");
  });
});
