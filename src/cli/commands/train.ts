/** `regionformer train`: features and sentences in, a run folder out. */
import { z } from "zod";
import { UsageError } from "../../base/errors.ts";
import { type Row, rowChoice, rowsOf } from "../../data/index.ts";
import { type UnusableReason, usableRows } from "../../features/index.ts";
import { readFeatures } from "../../features/node/index.ts";
import { loadDecoder, locateModel } from "../../models/node/index.ts";
import { openDevice } from "../../runtime/node/index.ts";
import { loadTokenizer } from "../../text/node/index.ts";
import { protocolPresets, protocolShape, recipeShape } from "../../train/index.ts";
import { trainRun, trainRunOptions, writeSkipped } from "../../train/node/index.ts";
import { defineCommand } from "../framework/index.ts";
import { datasetOptions, readDataset, strictOption } from "../options/dataset.ts";
import { engineOptions } from "../options/engine.ts";
import { recordEnvironment } from "../options/environment.ts";
import { openOrCreateRun, savingOptions } from "../options/saving.ts";
import { lostRecords, reportSkipped, skippedOptions } from "../options/skipped.ts";

/** The paper's recipe (REFERENCE §2, §3); what `--protocol` changes is in the presets below. */
const options = z.object({
  features: z.string().describe("Features file that `encode` wrote"),
  decoderModel: z.string().describe("Folder of the GPT-2 model, in Hugging Face's layout"),
  out: z.string().describe("Run folder to write"),
  ...protocolShape,
  ...datasetOptions,
  ...recipeShape,
  ...savingOptions,
  ...engineOptions,
  ...strictOption,
  ...skippedOptions,
});

export const train = defineCommand({
  description:
    "Trains the mapper between a frozen encoder and a frozen GPT-2. Defaults are the paper's recipe; --protocol paper " +
    "and --protocol reference set the choices in which the paper and its public code differ from good practice.",
  arguments: [
    { name: "data", summary: "Data set folder, or CSV files of the authors.", required: true, variadic: true },
  ],
  options,
  presets: { key: "protocol", tables: protocolPresets },
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
      const { usable, left } = usableRows(chosen.rows, features, options.imagesNotGrey);
      for (const [reason, rows] of left) skipped.push({ reason, rows: rows.map(namesOf), isLoss: isLoss(reason) });
      return usable;
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
    const plan = { ...trainRunOptions(options), saveEvery: options.saveEvery };
    const outcome = await trainRun(run, runtime, sets, plan, context);
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

const namesOf = ({ studyId, imageId }: Row) => ({ studyId, imageId });

const isLoss = (reason: UnusableReason) => reason === "the features do not hold the film";

function noSelection(split: "validation" | "test"): UsageError {
  return new UsageError(`There are no ${split} rows to choose the checkpoint on.`, {
    where: "--select-on",
    expected: `rows of split ${split} in the data set, with films in the features file`,
    remedy:
      split === "validation" ? "Give the validation rows too, or choose --select-on test." : "Give the test rows too.",
  });
}
