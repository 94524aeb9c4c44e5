/** `regionformer generate`: a run and a data set in, predictions out. */
import { z } from "zod";
import { UsageError } from "../../base/errors.ts";
import { rowChoice, rowsOf, splitNames } from "../../data/index.ts";
import { checkFeatures, encoderOfCheckpoint } from "../../features/index.ts";
import { readFeatures } from "../../features/node/index.ts";
import { generationSettings, searchShape } from "../../generate/index.ts";
import { predictionColumns, writePredictions } from "../../generate/node/index.ts";
import { isEmbedded, loadCaptioner, locateModel } from "../../models/node/index.ts";
import { openDevice } from "../../runtime/node/index.ts";
import { Run } from "../../train/node/index.ts";
import { defineCommand } from "../framework/index.ts";
import { datasetOptions, readDataset, strictOption } from "../options/dataset.ts";
import { engineOptions } from "../options/engine.ts";

const options = z.object({
  run: z.string().describe("Run folder of `train`, or the embedded one"),
  features: z.string().describe("Features file that `encode` wrote"),
  split: z.enum(splitNames).default("test").describe("Rows to write sentences for"),
  out: z.string().optional().describe("File to write; predictions.csv in the run folder when absent"),
  checkpoint: z.string().optional().describe("Checkpoint to use; the run's best when absent"),
  decoderModel: z.string().optional().describe("GPT-2 folder, where it is not at the place of the training"),
  ...datasetOptions,
  ...searchShape,
  alternatives: z.boolean().default(false).describe("Add the other beams and their scores"),
  batchSize: z.number().int().positive().default(16).describe("Rows generated together"),
  ...engineOptions,
  ...strictOption,
});

export const generate = defineCommand({
  description:
    "Writes a sentence for every row of a split with the run's best checkpoint. The file begins with the columns " +
    "imgid, ref, hyp, which `evaluate` reads.",
  arguments: [
    { name: "data", summary: "Data set folder, or CSV files of the authors.", required: true, variadic: true },
  ],
  options,
  examples: [
    "generate PadChest-GR --run runs/image-mask --features features.safetensors",
    "generate PadChest-GR --run runs/image-mask --features features.safetensors --split validation --beams 10 --alternatives",
  ],
  async run({ arguments: { data }, options }, context) {
    const run = await Run.open(locateModel(options.run));
    const out = options.out ?? ownPredictions(run, options.run);
    const checkpoint = options.checkpoint ?? run.bestCheckpointPath;
    const dataset = await readDataset(data, options, context);
    const model = await loadCaptioner(checkpoint, options.decoderModel);
    const features = await readFeatures(options.features);
    checkFeatures(options.features, features.encoder, encoderOfCheckpoint(checkpoint, model.notes));
    const all = rowsOf(dataset.studies, { ...rowChoice(options), split: options.split, emptySentences: "keep" }).rows;
    const rows = all.filter(({ imageId }) => features.films.has(imageId));
    if (rows.length < all.length) {
      context.log.warn(`${all.length - rows.length} rows have no sentence: the features do not hold their films`);
    }
    const records = await writePredictions(
      {
        ...{ out, rows, features, model, checkpoint },
        settings: generationSettings(options),
        columns: options.alternatives ? [...predictionColumns, "alternatives"] : predictionColumns,
      },
      await openDevice(options, context),
      context,
    );
    return {
      document: {
        out,
        checkpoint,
        split: options.split,
        rows: records.length,
        rowsWithoutFilm: all.length - rows.length,
      },
      text: `${out}: ${records.length} sentences for split ${options.split}`,
    };
  },
});

/** @throws UsageError for the embedded run: its folder is the package's */
function ownPredictions({ predictionsPath }: Run, name: string): string {
  if (!isEmbedded(name)) return predictionsPath;
  throw new UsageError("The embedded run holds no predictions.", {
    where: `--run ${name}`,
    expected: "a file to write",
    remedy: "Give it with --out.",
  });
}
