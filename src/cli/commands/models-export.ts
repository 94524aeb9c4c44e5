/** `regionformer models export`: a trained system as ONNX files. */

import { join } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../../base/node/files.ts";
import { encoderOfCheckpoint } from "../../features/index.ts";
import { exportOnnx, loadCaptioner, loadEncoder } from "../../models/node/index.ts";
import { loadTokenizer } from "../../text/node/index.ts";
import { Run } from "../../train/node/index.ts";
import { defineCommand } from "../framework/index.ts";

export const modelsExport = defineCommand({
  description:
    "Writes a trained system as ONNX files with the weights inside: encoder.onnx, mapper.onnx, decoder-prefill.onnx " +
    "and decoder-step.onnx, and system.json with what stands between them. Any ONNX Runtime runs them.",
  arguments: [{ name: "run", summary: "Run folder of `train`.", required: true }],
  options: z.object({
    onnx: z.string().describe("Folder to write"),
    checkpoint: z.string().optional().describe("Checkpoint to use; the run's best when absent"),
    encoderModel: z.string().optional().describe("CLIP folder, where it is not at the place of the encoding"),
    decoderModel: z.string().optional().describe("GPT-2 folder, where it is not at the place of the training"),
    batchSize: z.number().int().positive().default(1).describe("Rows that the graphs take together"),
    beams: z.number().int().positive().default(5).describe("Beams of the search"),
    maxTokens: z.number().int().positive().default(15).describe("Most tokens of a sentence"),
    temperature: z.number().default(1).describe("Logits are divided by it; 0 or less means 1"),
    stop: z.string().default(".").describe("The first token of this text ends a beam"),
  }),
  examples: [
    "models export runs/image-mask --onnx exported",
    "models export runs/image-mask --onnx exported --beams 1",
  ],
  async run({ arguments: { run: dir }, options }) {
    const { batchSize: rows, beams, maxTokens, temperature } = options;
    const checkpoint = options.checkpoint ?? (await Run.open(dir)).bestCheckpointPath;
    const model = await loadCaptioner(checkpoint, options.decoderModel);
    const trainedOn = encoderOfCheckpoint(checkpoint, model.notes);
    const encoder = await loadEncoder(options.encoderModel ?? trainedOn.path);
    const tokenizer = await loadTokenizer(model.decoderDir, model.config.decoder.vocabularySize);
    const files = await exportOnnx(options.onnx, encoder, model, { rows, beams, temperature });
    const system = {
      view: trainedOn.view,
      input: model.info.input,
      mapper: model.config.mapper,
      decoder: model.config.decoder,
      search: { rows, beams, maxTokens, temperature, stop: options.stop, stopId: tokenizer.encode(options.stop)[0] },
      files,
    };
    await writeFileAtomic(join(options.onnx, "system.json"), `${JSON.stringify(system, null, 2)}\n`);
    return {
      document: { out: options.onnx, checkpoint, ...system },
      text: [
        `${options.onnx}: ${files.map(({ file }) => file).join(", ")}, system.json`,
        `made for ${rows} row${rows === 1 ? "" : "s"} at a time, ${beams} beams, ${maxTokens} tokens`,
      ].join("\n"),
    };
  },
});
