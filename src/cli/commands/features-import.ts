/** `regionformer features import`: feature caches of the public code in, a features file out. */
import { existsSync } from "node:fs";
import { z } from "zod";
import { DataError } from "../../base/errors.ts";
import { lock } from "../../base/node/lock.ts";
import { featuresOfCache, identifyEncoder } from "../../features/index.ts";
import { readReferenceCache, writeFeatures } from "../../features/node/index.ts";
import { fitNames } from "../../images/index.ts";
import { loadEncoder } from "../../models/node/index.ts";
import { defineCommand } from "../framework/index.ts";

export const featuresImport = defineCommand({
  description:
    "Reads feature caches (.pkl) of the public code and writes a features file, for `train` and `generate` on the same " +
    "rows without their films. No code in the files is run. What they do not say has to be said here.",
  arguments: [
    { name: "caches", summary: "Pickled caches, those of all splits together.", required: true, variadic: true },
  ],
  options: z.object({
    out: z.string().describe("Features file to write (.safetensors)"),
    encoderModel: z.string().describe("Folder or file of the CLIP model that made the caches"),
    fit: z.enum(fitNames).default("crop").describe("How films were brought to the encoder's square"),
  }),
  examples: [
    "features import train_cache.pkl test_cache.pkl --encoder-model clip-vit-base-patch32 --out features.safetensors",
  ],
  async run({ arguments: { caches }, options: { out, encoderModel, fit } }) {
    const model = await loadEncoder(encoderModel);
    const identity = identifyEncoder(model, fit);
    await using _ = await lock(`${out}.lock`, "The features file");
    if (existsSync(out)) {
      throw new DataError("The features file exists already.", {
        where: out,
        remedy: "Choose another --out file, or give all caches to one import.",
      });
    }
    const rows = (await Promise.all(caches.map(readReferenceCache))).flat();
    const features = featuresOfCache(rows, identity, model.config.projectionWidth, caches.join(", "));
    await writeFeatures(out, features);
    const [films, masks] = [features.imageVectors.size, features.maskVectors.size];
    return {
      document: { out, encoder: identity, rows: rows.length, films, masks },
      text: `${out}: ${films} films and ${masks} masks of ${rows.length} rows, ${features.width} numbers each`,
    };
  },
});
