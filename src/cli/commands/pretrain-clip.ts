/** `regionformer pretrain clip`: films, boxes and sentences in, a tiny encoder out. */
import { z } from "zod";
import { locateModel } from "../../models/node/index.ts";
import { openDevice } from "../../runtime/node/index.ts";
import { loadTokenizer } from "../../text/node/index.ts";
import { pretrainClip as pretrain } from "../../train/pretrain/node/index.ts";
import { defineCommand } from "../framework/index.ts";
import { readDataset } from "../options/dataset.ts";
import { engineOptions } from "../options/engine.ts";
import { optimizer, pretrainData, pretrainingOptions } from "../options/pretraining.ts";

const count = z.number().int().positive();

export const pretrainClip = defineCommand({
  description:
    "Trains a small CLIP from scratch: films against the sentences of their reports, masks of boxes against sentences of " +
    "place and size. The folder has Hugging Face's layout and serves as --encoder-model; its card lists linear probes.",
  arguments: [{ name: "data", summary: "Data set folder.", required: true, variadic: true }],
  options: z.object({
    ...pretrainingOptions,
    tokenizer: z.string().describe("Folder with the tokenizer of the sentences, as `pretrain gpt2` writes it"),
    imageSize: count.default(112).describe("Side of the encoder's square in pixels"),
    patchSize: count.default(16).describe("Side of a patch in pixels"),
    width: count.default(128).describe("Width of the hidden states of both towers"),
    layers: count.default(4).describe("Layers of the vision tower"),
    textLayers: count.default(2).describe("Layers of the text tower"),
    projectionWidth: count.default(128).describe("Width of the embeddings"),
    epochs: count.default(12).describe("Passes over the films and masks"),
    batchSize: count.default(128).describe("Films and masks of a step"),
    learningRate: z.number().positive().default(1e-3).describe("Highest learning rate"),
    ...engineOptions,
  }),
  examples: ["pretrain clip synthetic --tokenizer models/tiny-gpt2 --out models/tiny-clip"],
  async run({ arguments: { data }, options }, context) {
    const dataset = await readDataset(data, { strict: false }, context);
    const studies = pretrainData(dataset, (split) =>
      dataset.studies.filter((study) => study.split === split && study.imagePath !== undefined),
    );
    const tokenizer = await loadTokenizer(locateModel(options.tokenizer), Number.MAX_SAFE_INTEGER);
    const recipe = { ...options, optimizer: optimizer(options) };
    const outcome = await pretrain(
      options.out,
      await openDevice(options, context),
      studies,
      tokenizer,
      recipe,
      context,
    );
    const { mask, presence } = outcome.probes;
    const mean = presence.reduce((sum, { auc }) => sum + auc, 0) / presence.length;
    return {
      document: { out: options.out, ...outcome },
      text: [
        `${options.out}: ${outcome.parameters} parameters, validation loss ${outcome.epochs.at(-1)!.validationLoss.toFixed(4)}`,
        `R² from masks: ${Object.entries(mask)
          .map(([name, r2]) => `${name} ${r2.toFixed(3)}`)
          .join(", ")}; mean AUC of ${presence.length} labels from films: ${mean.toFixed(3)}`,
      ].join("\n"),
    };
  },
});
