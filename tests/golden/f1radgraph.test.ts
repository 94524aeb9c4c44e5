/** F1RadGraph against the radgraph package: the rows of the specification. */
import { describe, expect, it } from "vitest";
import { annotateReports, type RadgraphParts } from "../../src/metrics/f1radgraph/annotate.ts";
import { type Annotation, annotationOf } from "../../src/metrics/f1radgraph/annotation.ts";
import { radgraphReward, rewardLevels } from "../../src/metrics/f1radgraph/rewards.ts";
import { radgraphWords } from "../../src/metrics/f1radgraph/words.ts";
import { bertShapes, parseBertConfig } from "../../src/models/bert/index.ts";
import { type DygieConfig, dygieShapes, encoderPrefix } from "../../src/models/dygie/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { createEncoderTokenizer, wordPieceDefinition } from "../../src/text/index.ts";
import { expectClose } from "../support/expect-close.ts";
import {
  specificationRow,
  specificationRows,
  specificationVocabulary,
  specificationWeights,
} from "../support/specification-models.ts";

const runtime = openRuntime();

async function annotate(texts: readonly string[], model: RadgraphParts): Promise<Annotation[]> {
  const annotations: Annotation[] = [];
  await annotateReports(texts, { runtime, load: async () => model }, (start, found) => {
    expect(start).toBe(annotations.length);
    annotations.push(...found);
  });
  return annotations;
}

describe("words", () => {
  const rows = specificationRows<{ readonly model_type: string }, { readonly tokens: readonly (readonly string[])[] }>(
    "radgraph_preprocess",
  );

  it.each(rows.map((row) => [row.case, row] as const))("%s", (_, { options, hyps, expected }) => {
    const type = options.model_type === "radgraph" ? "radgraph" : "radgraph-xl";
    expect(hyps.map((text) => radgraphWords(text, type))).toEqual(expected.tokens);
  });

  it("of the later models, without remains of escapes", () => {
    expect(radgraphWords('a\\nb\\f \\u2122c \\"d\\" e\u00e9\u0301_1', "radgraph-xl")).toEqual([
      "a",
      "b",
      "c",
      "``",
      "d",
      "``",
      "e\u00e9",
      "\u0301",
      "_1",
    ]);
  });
});

describe("rewards", () => {
  type Sides = readonly Pick<Annotation, "entities">[];
  type Expected = Readonly<Record<"v0.1.18_and_radeval" | "head_2026_07", Readonly<Record<string, number>>>>;
  const rows = specificationRows<unknown, Expected>("radgraph_reward");

  it.each(rows.map((row) => [row.case, row] as const))("%s", (_, { hyps, refs, expected }) => {
    const [[hypothesis], [reference]] = [hyps, refs] as unknown as readonly [Sides, Sides];
    for (const [rule, version] of [
      ["0.1.18", "v0.1.18_and_radeval"],
      ["2026-05", "head_2026_07"],
    ] as const) {
      const actual = rewardLevels.map((level) => radgraphReward(hypothesis!, reference!, level, rule));
      expectClose(
        actual,
        rewardLevels.map((level) => expected[version][level]!),
        "float64Sum",
        rule,
      );
    }
  });
});

it("entities and their relations become an annotation", () => {
  type Ner = readonly [number, number, string];
  type Relation = readonly [number, number, number, number, string];
  interface Options {
    readonly ner: readonly Ner[];
    readonly relations: readonly Relation[];
    readonly sentence: readonly string[];
  }
  const { options, expected } = specificationRow<Options, object>(
    "radgraph_get_entity",
    "drops relations whose head or tail is not a predicted entity",
  );
  const { entities } = annotationOf(
    options.sentence,
    options.ner.map(([start, end, label]) => ({ span: [start, end], label })),
    options.relations.map(([a, b, c, d, label]) => ({ head: [a, b], tail: [c, d], label })),
  );
  expect(entities).toEqual(expected);
});

describe("the tiny model", () => {
  interface Options {
    readonly config: object;
    readonly model: {
      readonly maxSpanWidth: number;
      readonly maxLength: number;
      readonly featureSize: number;
      readonly hiddenSize: number;
      readonly spansPerWord: number;
      readonly nerLabels: readonly string[];
      readonly relationLabels: readonly string[];
    };
  }
  const rows = specificationRows<Options, { readonly annotation?: Annotation; readonly error?: string }>("radgraph");
  const { config: sizes, model: said } = rows[0]!.options;
  const encoder = parseBertConfig({ model_type: "bert", ...sizes }, "golden");
  const config: DygieConfig = {
    type: "radgraph",
    encoder,
    maxLength: said.maxLength,
    maxSpanWidth: said.maxSpanWidth,
    spansPerWord: said.spansPerWord,
    featureSize: said.featureSize,
    hiddenSizes: [said.hiddenSize, said.hiddenSize],
    entityLabels: said.nerLabels.slice(1),
    relationLabels: said.relationLabels,
  };
  const model: RadgraphParts = {
    config,
    encoderWeights: specificationWeights(bertShapes(encoder), encoderPrefix),
    weights: specificationWeights(dygieShapes(config)),
    tokenizer: createEncoderTokenizer(wordPieceDefinition(specificationVocabulary.join("\n"), {}, ""), {}, "vocab.txt"),
  };

  it("reads a text longer than its encoder in parts", async () => {
    const { hyps, expected } = rows.find((row) => row.case === "tiny_folding")!;
    expect(await annotate(hyps, model)).toEqual([expected.annotation]);
  });

  it("reads a single word, several reports at once, and nothing in white space", async () => {
    const [long, single, blank] = rows;
    const annotations = await annotate([single!.hyps[0]!, blank!.hyps[0]!, long!.hyps[0]!], model);
    const expected = single!.expected as unknown as { readonly annotation: Readonly<Record<string, Annotation>> };
    expect(annotations[0]).toEqual(expected.annotation["0"]);
    expect(blank!.expected.error).toMatch(/AssertionError/);
    expect(annotations[1]!.entities).toEqual({});
    expect(annotations[2]).toEqual(long!.expected.annotation);
  });
});
