/** `regionformer encode`: a data set in, a features file out. */
import { z } from "zod";
import { lock } from "../../base/node/lock.ts";
import { rowChoice, rowsOf } from "../../data/index.ts";
import { openEncoder } from "../../features/index.ts";
import { type EncodeOutcome, encodeInto, featuresBefore } from "../../features/node/index.ts";
import { fitNames } from "../../images/index.ts";
import { loadEncoder } from "../../models/node/index.ts";
import { openDevice } from "../../runtime/node/index.ts";
import { type Context, defineCommand } from "../framework/index.ts";
import { datasetOptions, readDataset, strictOption } from "../options/dataset.ts";
import { engineOptions } from "../options/engine.ts";

export const encode = defineCommand({
  description:
    "Embeds every distinct film and mask of a data set with a CLIP vision encoder. A features file that exists is " +
    "extended: what it holds already is not computed again.",
  arguments: [
    { name: "data", summary: "Data set folder, or CSV files of the authors.", required: true, variadic: true },
  ],
  options: z.object({
    encoderModel: z.string().describe("Folder of the CLIP model, in Hugging Face's layout"),
    out: z.string().describe("Features file to write (.safetensors)"),
    ...datasetOptions,
    fit: z.enum(fitNames).default("crop").describe("How films are brought to the encoder's square"),
    batchSize: z.number().int().positive().default(8).describe("Films and masks encoded together"),
    ...engineOptions,
    ...strictOption,
  }),
  examples: [
    "encode PadChest-GR --encoder-model clip-vit-base-patch32 --out features.safetensors",
    "encode train.csv test.csv --images films --encoder-model clip-vit-base-patch32 --out features.safetensors --fit pad",
  ],
  async run({ arguments: { data }, options }, context) {
    const dataset = await readDataset(data, options, context);
    const { rows } = rowsOf(dataset.studies, rowChoice(options));
    const model = await loadEncoder(options.encoderModel);
    await using held = await lock(`${options.out}.lock`, "The features file");
    const before = await featuresBefore(options.out, model, { fit: options.fit });
    await using encoder = await openEncoder(
      await openDevice(options, context),
      model.config,
      model.weights,
      options.batchSize,
    );
    const outcome = await encodeInto(options.out, rows, encoder, before, held, context);
    return report(options.out, outcome, context);
  },
});

function report(out: string, outcome: EncodeOutcome, { log }: Context) {
  const { features, encodedFilms, encodedMasks, reusedFilms, unread, cutBoxes, lostBoxes } = outcome;
  for (const { imageId, reason } of unread) log.warn(`film ${imageId} was not encoded: ${reason}`);
  if (cutBoxes > 0) {
    const { fit } = features.encoder.view;
    log.warn(`${cutBoxes} boxes reach outside the encoder's view (fit ${fit}), ${lostBoxes} of them altogether`);
  }
  const lines = [
    `${out}: ${features.imageVectors.size} films and ${features.maskVectors.size} masks, ${features.width} numbers each`,
    `encoded now: ${encodedFilms} films and ${encodedMasks} masks; films that were there already: ${reusedFilms}`,
  ];
  if (unread.length > 0) lines.push(`not encoded: ${unread.length} films`);
  return {
    document: {
      out,
      encoder: features.encoder,
      films: features.imageVectors.size,
      masks: features.maskVectors.size,
      encodedFilms,
      encodedMasks,
      reusedFilms,
      cutBoxes,
      lostBoxes,
      unread,
    },
    text: lines.join("\n"),
  };
}
