/** `regionformer pretrain gpt2`: sentences in, a tiny language model with its tokenizer out. */
import { z } from "zod";
import { Random } from "../../base/random.ts";
import { openDevice } from "../../runtime/node/index.ts";
import { pythonStrip } from "../../text/index.ts";
import { placeSentences, randomBox } from "../../train/pretrain/index.ts";
import { pretrainGpt2 as pretrain } from "../../train/pretrain/node/index.ts";
import { defineCommand } from "../framework/index.ts";
import { readDataset } from "../options/dataset.ts";
import { engineOptions } from "../options/engine.ts";
import { optimizer, pretrainData, pretrainingOptions } from "../options/pretraining.ts";

const count = z.number().int().positive();

export const pretrainGpt2 = defineCommand({
  description:
    "Trains a small GPT-2 from scratch on the sentences of a data set's train split, with a byte-level BPE of its own. The folder has Hugging Face's layout and serves as --decoder-model.",
  arguments: [{ name: "data", summary: "Data set folder.", required: true, variadic: true }],
  options: z.object({
    ...pretrainingOptions,
    language: z.enum(["en", "es", "both"]).default("en").describe("Language of the sentences"),
    vocabulary: count.default(2048).describe("Most tokens of the vocabulary"),
    width: count.default(160).describe("Width of the hidden states"),
    layers: count.default(4).describe("Layers"),
    positions: count.default(128).describe("Longest sequence"),
    blockLength: count.default(64).describe("Tokens of a training block"),
    epochs: count.default(10).describe("Passes over the sentences"),
    batchSize: count.default(32).describe("Blocks of a step"),
    learningRate: z.number().positive().default(2e-3).describe("Highest learning rate"),
    ...engineOptions,
  }),
  examples: [
    "pretrain gpt2 synthetic --out models/tiny-gpt2",
    "pretrain gpt2 synthetic --out gpt2 --epochs 20 --width 256",
  ],
  async run({ arguments: { data }, options }, context) {
    const dataset = await readDataset(data, { strict: false }, context);
    const languages = options.language === "both" ? (["en", "es"] as const) : [options.language];
    const sentences = pretrainData(dataset, (split) =>
      dataset.studies
        .filter((study) => study.split === split)
        .flatMap(({ findings }) => findings.flatMap(({ sentence }) => languages.map((of) => pythonStrip(sentence[of]))))
        .filter((sentence) => sentence !== ""),
    );
    const recipe = { ...options, vocabularySize: options.vocabulary, optimizer: optimizer(options) };
    const outcome = await pretrain(
      options.out,
      await openDevice(options, context),
      sentences,
      placeTexts(),
      recipe,
      context,
    );
    return {
      document: { out: options.out, ...outcome },
      text:
        `${options.out}: ${outcome.parameters} parameters, vocabulary ${outcome.vocabularySize}, ` +
        `validation loss ${outcome.epochs.at(-1)!.validationLoss.toFixed(4)}`,
    };
  },
});

/** Sentences of place and size: `pretrain clip` uses this tokenizer for them. */
function placeTexts(): string[] {
  const random = new Random(0);
  return Array.from({ length: 500 }, () => placeSentences([randomBox(random)])).flat();
}
