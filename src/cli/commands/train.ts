/** `regionformer train`: features and sentences in, a run folder out. */
import { z } from "zod";
import { UsageError } from "../../base/errors.ts";
import { type Row, rowsOf } from "../../data/index.ts";
import type { Features } from "../../features/index.ts";
import { readFeatures } from "../../features/node/index.ts";
import { inputModes } from "../../models/captioner/index.ts";
import { loadDecoder, locateModel } from "../../models/node/index.ts";
import { openDevice } from "../../runtime/node/index.ts";
import { loadTokenizer } from "../../text/node/index.ts";
import { type SkippedRows, type TrainRunOptions, trainRun, writeSkipped } from "../../train/node/index.ts";
import { floatStorages } from "../../weights/index.ts";
import { defineCommand } from "../framework/index.ts";
import { datasetOptions, readDataset, rowChoice, strictOption } from "../options/dataset.ts";
import { engineOptions } from "../options/engine.ts";
import { recordEnvironment } from "../options/environment.ts";
import { openOrCreateRun, savingOptions } from "../options/saving.ts";
import { lostRecords, reportSkipped, skippedOptions } from "../options/skipped.ts";

const count = z.number().int().positive();

/** The paper's recipe (REFERENCE §2, §3); what `--protocol` changes is in the presets below. */
const options = z.object({
  features: z.string().describe("Features file that `encode` wrote"),
  decoderModel: z.string().describe("Folder of the GPT-2 model, in Hugging Face's layout"),
  out: z.string().describe("Run folder to write"),
  mode: z.enum(inputModes).default("image+mask").describe("What the mapper sees"),
  protocol: z.enum(["clean", "paper", "reference"]).default("clean").describe("Consistent set of the choices below"),
  concatNorm: z.boolean().default(true).describe("Scale the joined vector of image+mask to length 1"),
  selectOn: z.enum(["validation", "test"]).default("validation").describe("Split that chooses the checkpoint"),
  id0InLoss: z.boolean().default(true).describe('Count real "!" tokens (id 0) in the loss'),
  imagesNotGrey: z.enum(["luma", "dropped"]).default("luma").describe("What becomes of colour films"),
  adamw: z.enum(["hf", "torch"]).default("hf").describe("AdamW variant"),
  ...datasetOptions,
  decoder: z.enum(["frozen", "joint"]).default("frozen").describe("Whether GPT-2 is trained too"),
  decoderDropout: z.number().min(0).lt(1).default(0.1).describe("Dropout of GPT-2 while it is trained (joint)"),
  mapper: z.enum(["transformer", "mlp"]).default("transformer").describe("Kind of the mapper"),
  prefixLength: count.default(40).describe("Prefix tokens handed to the decoder"),
  latentLength: count.default(40).describe("Tokens the input is unpacked into (transformer)"),
  mapperLayers: count.default(8).describe("Layers of the mapper (transformer)"),
  mapperHeads: count.default(8).describe("Attention heads of the mapper (transformer)"),
  mlpRatio: count.default(2).describe("Width of the mapper's MLP blocks over the decoder's (transformer)"),
  epochs: count.default(20).describe("Passes over the training rows"),
  batchSize: count.default(40).describe("Rows of a step"),
  microBatch: count.optional().describe("Rows computed at a time, to bound memory; the whole step when absent"),
  validationBatchSize: count.default(32).describe("Rows of a validation batch"),
  learningRate: z.number().positive().default(2e-5).describe("Highest learning rate"),
  warmupSteps: z.number().int().nonnegative().default(500).describe("Steps until it is reached"),
  warmupFraction: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe("The same as a share of all steps, instead of --warmup-steps"),
  beta1: z.number().min(0).lt(1).default(0.9).describe("AdamW: decay of the mean of gradients"),
  beta2: z.number().min(0).lt(1).default(0.999).describe("AdamW: decay of the mean of squared gradients"),
  epsilon: z.number().positive().default(1e-6).describe("AdamW: epsilon"),
  weightDecay: z.number().nonnegative().default(0).describe("AdamW: weight decay"),
  seed: z.number().int().nonnegative().default(0).describe("Seed of first weights and order of rows"),
  earlyStopping: count.optional().describe("Stop after so many epochs without a lower validation loss"),
  checkpointType: z.enum(floatStorages).default("float32").describe("How checkpoints store their numbers"),
  ...savingOptions,
  ...engineOptions,
  ...strictOption,
  ...skippedOptions,
});

type Options = z.infer<typeof options>;

function runOptions(o: Options): TrainRunOptions {
  return {
    input: { mode: o.mode, concatNorm: o.concatNorm },
    id0InLoss: o.id0InLoss,
    optimizer: { variant: o.adamw, beta1: o.beta1, beta2: o.beta2, epsilon: o.epsilon, weightDecay: o.weightDecay },
    mapper: {
      kind: o.mapper,
      prefixLength: o.prefixLength,
      latentLength: o.latentLength,
      layers: o.mapperLayers,
      heads: o.mapperHeads,
      mlpRatio: o.mlpRatio,
    },
    jointDecoder: o.decoder === "joint",
    decoderDropout: o.decoderDropout,
    microBatch: o.microBatch,
    epochs: o.epochs,
    batchSize: o.batchSize,
    validationBatchSize: o.validationBatchSize,
    learningRate: o.learningRate,
    warmupSteps: o.warmupSteps,
    warmupFraction: o.warmupFraction,
    seed: o.seed,
    earlyStopping: o.earlyStopping,
    saveEvery: o.saveEvery,
    checkpointType: o.checkpointType,
  };
}

export const train = defineCommand({
  description:
    "Trains the mapper between a frozen encoder and a frozen GPT-2. Defaults are the paper's recipe; --protocol paper " +
    "and --protocol reference set the choices in which the paper and its public code differ from good practice.",
  arguments: [
    { name: "data", summary: "Data set folder, or CSV files of the authors.", required: true, variadic: true },
  ],
  options,
  presets: {
    key: "protocol",
    tables: {
      clean: {},
      paper: { selectOn: "test" },
      reference: { concatNorm: false, selectOn: "test", id0InLoss: false, imagesNotGrey: "dropped" },
    },
  },
  examples: [
    "train PadChest-GR --features features.safetensors --decoder-model gpt2 --out runs/image-mask",
    "train PadChest-GR --features features.safetensors --decoder-model gpt2 --out runs/image --mode image --seed 1",
    "train PadChest-GR --features features.safetensors --decoder-model gpt2 --out runs/as-published --protocol reference --dry-run",
    "train PadChest-GR --config runs/image-mask/config.yaml --resume",
  ],
  async run({ arguments: { data }, options, resolved }, context) {
    const dataset = await readDataset(data, options, context);
    const features = await readFeatures(options.features);
    const skipped = lostRecords(dataset.problems);
    const rows = (split: "train" | "validation" | "test", emptySentences: "drop" | "keep") => {
      const chosen = rowsOf(dataset.studies, { ...rowChoice(options), split, emptySentences });
      return usableRows(chosen.rows, features, options, skipped);
    };
    const trainRows = rows("train", "drop");
    const selection = rows(options.selectOn, "keep");
    if (selection.length === 0) throw noSelection(options.selectOn);
    reportSkipped(skipped, trainRows.length + selection.length, options, context);
    const decoder = await loadDecoder(options.decoderModel);
    const tokenizer = await loadTokenizer(locateModel(options.decoderModel), decoder.config.vocabularySize);
    const run = await openOrCreateRun(options, resolved);
    await writeSkipped(run, skipped);
    const counts = `${trainRows.length} training rows, ${selection.length} ${options.selectOn} rows`;
    context.log.info(`protocol ${options.protocol}, mode ${options.mode}, ${counts}`);
    const runtime = await openDevice(options, context);
    await recordEnvironment(
      run,
      {
        runtime,
        models: { encoder: features.encoder, decoder: decoder.identity },
        files: { features: options.features },
        rows: { train: trainRows, selection },
      },
      context,
    );
    const sets = { train: trainRows, selection, features, decoder, tokenizer };
    const outcome = await trainRun(run, runtime, sets, runOptions(options), context);
    const { best } = outcome;
    return {
      document: {
        out: options.out,
        protocol: options.protocol,
        mode: options.mode,
        trainRows: trainRows.length,
        selectionRows: selection.length,
        selectOn: options.selectOn,
        skippedRows: skipped.reduce((sum, { rows, places = [] }) => sum + rows.length + places.length, 0),
        trainedParameters: outcome.trainedParameters,
        epochs: outcome.epochs,
        best,
      },
      text:
        `${options.out}: ${outcome.trainedParameters} parameters trained on ${trainRows.length} rows; best epoch ` +
        `${best.epoch} with ${options.selectOn} loss ${best.validationLoss.toFixed(4)} (protocol ${options.protocol})`,
    };
  },
});

/** Leaves out rows whose film was not encoded and, if so chosen, colour films; notes them in `skipped`. */
function usableRows(rows: readonly Row[], features: Features, options: Options, skipped: SkippedRows[]): Row[] {
  const noFilm = "the features do not hold the film";
  const reasonFor = ({ imageId }: Row): string | undefined => {
    const film = features.films.get(imageId);
    if (film === undefined) return noFilm;
    const isColour = film.colourModel !== "grey";
    return isColour && options.imagesNotGrey === "dropped"
      ? "the film is not grey (--images-not-grey dropped)"
      : undefined;
  };
  const left = new Map<string, SkippedRows["rows"]>();
  const usable = rows.filter((row) => {
    const reason = reasonFor(row);
    if (reason !== undefined)
      left.set(reason, [...(left.get(reason) ?? []), { studyId: row.studyId, imageId: row.imageId }]);
    return reason === undefined;
  });
  skipped.push(...[...left].map(([reason, rows]) => ({ reason, rows, isLoss: reason === noFilm })));
  return usable;
}

function noSelection(split: "validation" | "test"): UsageError {
  return new UsageError(`There are no ${split} rows to choose the checkpoint on.`, {
    where: "--select-on",
    expected: `rows of split ${split} in the data set, with films in the features file`,
    remedy:
      split === "validation" ? "Give the validation rows too, or choose --select-on test." : "Give the test rows too.",
  });
}
