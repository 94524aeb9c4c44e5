/** `regionformer models bundle`: all that describing needs in one folder, for a web page or another machine. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeBundle } from "../../generate/node/index.ts";
import { locateModel } from "../../models/node/index.ts";
import { Run } from "../../train/node/index.ts";
import { floatStorages } from "../../weights/index.ts";
import { defineCommand } from "../framework/index.ts";

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

export const modelsBundle = defineCommand({
  description:
    "Copies a run's checkpoint, its encoder and its decoder into one folder that is a run again: what `describe --run` and " +
    "a page with regionformer/web read, and nothing else. As float16 the copies are half as large; computing stays float32.",
  arguments: [{ name: "run", summary: "Run folder of `train`, or the embedded one.", required: true }],
  options: z.object({
    out: z.string().describe("Folder to write"),
    dtype: z.enum(floatStorages).default("float32").describe("How the copies store their numbers"),
    checkpoint: z.string().optional().describe("Checkpoint to copy; the run's best when absent"),
    encoderModel: z.string().optional().describe("CLIP folder, where it is not at the place of the encoding"),
    decoderModel: z.string().optional().describe("GPT-2 folder, where it is not at the place of the training"),
  }),
  examples: [
    "models bundle runs/image-mask --out page/models --dtype float16",
    "models bundle tiny-regionformer --out page/models",
  ],
  async run({ arguments: { run: dir }, options }) {
    const { out, dtype, encoderModel, decoderModel } = options;
    const source = await Run.open(locateModel(dir));
    const checkpoint = options.checkpoint ?? source.bestCheckpointPath;
    const target = await Run.create(out, await readFile(source.configPath, "utf8"));
    const request = { checkpoint, dtype, encoderModel, decoderModel };
    const sizes = await writeBundle(out, target.bestCheckpointPath, request).catch(async (error: unknown) => {
      // The folder was empty: what this attempt left would only stand in the way of the next.
      for (const name of ["config.yaml", "encoder", "decoder", "checkpoints"]) {
        await rm(join(out, name), { recursive: true, force: true });
      }
      throw error;
    });
    const total = Object.values(sizes).reduce((sum, bytes) => sum + bytes, 0);
    return {
      document: { out, dtype, checkpoint, bytes: { ...sizes, total } },
      text: [
        `${out}: ${megabytes(total)} of weights as ${dtype}`,
        `  checkpoints/best.safetensors ${megabytes(sizes.checkpoint)}`,
        `  encoder/ ${megabytes(sizes.encoder)}`,
        `  decoder/ ${megabytes(sizes.decoder)}`,
      ].join("\n"),
    };
  },
});
