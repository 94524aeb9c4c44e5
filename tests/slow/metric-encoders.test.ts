/** Encoders of full size with random weights: what they cost, and that padding and batching change no number. */
import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.ts";
import { SequenceEncoder } from "../../src/metrics/encoder/sequence-encoder.ts";
import { annotateReports } from "../../src/metrics/f1radgraph/annotate.ts";
import { findArchitecture, randomModel } from "../../src/models/architectures/index.ts";
import { bertGraph, parseBertConfig } from "../../src/models/bert/index.ts";
import { chexbertGraph, chexbertShapes } from "../../src/models/chexbert/index.ts";
import { type DygieConfig, dygieShapes } from "../../src/models/dygie/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { createEncoderTokenizer, wordPieceDefinition } from "../../src/text/index.ts";
import type { Weights } from "../../src/weights/index.ts";
import { expectClose } from "../support/expect-close.ts";
import { portableTensor } from "../support/portable.ts";
import { tinyVocabulary } from "../support/tiny-models.ts";

const runtime = openRuntime();

function fullSize(name: string) {
  const { files, tensors } = randomModel(findArchitecture(name), 0);
  const weights: Weights = new Map(tensors.map(({ name, shape }) => [name, portableTensor(name, shape)]));
  return { config: parseBertConfig(files["config.json"], name), weights };
}

it.each(["google-bert/bert-base-uncased", "distilbert/distilbert-base-uncased", "FacebookAI/roberta-base"])(
  "%s gives each text the same states alone and among others, up to 512 tokens",
  async (name) => {
    const { config, weights } = fullSize(name);
    const random = new Random(1);
    const sequences = [512, 3, 40, 2, 17, 40].map((length) =>
      Array.from({ length }, () => random.integer(config.vocabularySize)),
    );
    await using encoder = new SequenceEncoder(runtime, { config, weights }, (shape) => bertGraph(config, shape));
    const together: Float32Array[] = [];
    await encoder.encode(sequences, (i, row) => {
      together[i] = row.slice(0, sequences[i]!.length * config.width);
    });
    expect(together.map(({ length }) => length / config.width)).toEqual(sequences.map(({ length }) => length));
    for (const i of [1, 2, 4]) {
      const sequence = sequences[i]!;
      await encoder.encode([sequence], (_, row) => {
        expectClose(row.slice(0, sequence.length * config.width), together[i]!, "float32Engine", `text ${i}`);
      });
    }
  },
);

describe("on BERT-base", () => {
  const { config, weights } = fullSize("google-bert/bert-base-uncased");
  const random = (shapes: ReadonlyMap<string, readonly number[]>): Weights =>
    new Map(
      [...shapes].map(([name, shape]) => [
        name,
        weights.get(name.replace(/^bert\./, "")) ?? portableTensor(name, shape),
      ]),
    );

  it("CheXbert's heads", async () => {
    const all = random(chexbertShapes(config));
    expect(all.size).toBe(197 + 28);
    await using encoder = new SequenceEncoder(runtime, { config, weights: all }, (shape) =>
      chexbertGraph(config, shape),
    );
    const rows: Float32Array[] = [];
    await encoder.encode(
      [
        [101, 7, 8, 102],
        [101, 102],
      ],
      (i, row) => {
        rows[i] = row.slice();
      },
    );
    expect(rows.map(({ length }) => length)).toEqual([54, 54]);
    expect([...rows[0]!]).not.toEqual([...rows[1]!]);
  });

  it("RadGraph-XL's spans and relations, for a report of 600 words", async () => {
    const dygie: DygieConfig = {
      type: "radgraph-xl",
      encoder: config,
      maxLength: 512,
      maxSpanWidth: 8,
      spansPerWord: 0.5,
      featureSize: 20,
      hiddenSizes: [150, 150],
      entityLabels: Array.from({ length: 11 }, (_, i) => `label ${i}`),
      relationLabels: ["modify", "located_at", "suggestive_of"],
    };
    const tokenizer = createEncoderTokenizer(wordPieceDefinition(tinyVocabulary.join("\n"), {}, ""), {}, "");
    const load = async () => ({
      config: dygie,
      encoderWeights: weights,
      weights: random(dygieShapes(dygie)),
      tokenizer,
    });
    const long = Array.from({ length: 600 }, (_, i) => ["normal", "heart", "lungs", "clear"][i % 4]!).join(" ");
    const texts: string[] = [];
    await annotateReports([long, "small effusion"], { runtime, load }, (_, annotations) => {
      for (const { text, entities } of annotations) {
        texts.push(text);
        expect(Object.values(entities).every(({ tokens }) => tokens.split(" ").length <= 8)).toBe(true);
      }
    });
    expect(texts).toEqual([long, "small effusion"]);
  });
});
