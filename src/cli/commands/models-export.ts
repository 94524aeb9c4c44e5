/** `regionformer models export`: a trained system as ONNX files. */
import { join } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../../base/node/files.ts";
import { searchShape, stopTokenOf } from "../../generate/index.ts";
import { loadDescriberParts } from "../../generate/node/index.ts";
import { exportOnnx, locateModel } from "../../models/node/index.ts";
import { Run } from "../../train/node/index.ts";
import { defineCommand } from "../framework/index.ts";

export const modelsExport = defineCommand({
  description:
    "Writes a trained system as ONNX files with the weights inside: encoder.onnx, mapper.onnx, decoder-prefill.onnx " +
    "and decoder-step.onnx, and system.json with what stands between them. Any ONNX Runtime runs them.",
  arguments: [{ name: "run", summary: "Run folder of `train`, or the embedded one.", required: true }],
  options: z.object({
    onnx: z.string().describe("Folder to write"),
    checkpoint: z.string().optional().describe("Checkpoint to use; the run's best when absent"),
    encoderModel: z.string().optional().describe("CLIP folder, where it is not at the place of the encoding"),
    decoderModel: z.string().optional().describe("GPT-2 folder, where it is not at the place of the training"),
    batchSize: z.number().int().positive().default(1).describe("Rows that the graphs take together"),
    beams: searchShape.beams,
    maxTokens: searchShape.maxTokens,
    temperature: searchShape.temperature,
    stop: searchShape.stop,
  }),
  examples: [
    "models export runs/image-mask --onnx exported",
    "models export runs/image-mask --onnx exported --beams 1",
  ],
  async run({ arguments: { run: dir }, options }) {
    const { batchSize: rows, beams, maxTokens, temperature } = options;
    const checkpoint = options.checkpoint ?? (await Run.open(locateModel(dir))).bestCheckpointPath;
    const { encoderModel, decoderModel, stop } = options;
    const settings = { method: "beam", beams, maxTokens, temperature, stop } as const;
    const { captioner, encoder, view, tokenizer } = await loadDescriberParts(checkpoint, {
      ...{ encoderModel, decoderModel, settings },
    });
    const stopId = stopTokenOf(captioner.config, tokenizer, settings);
    const files = await exportOnnx(options.onnx, encoder, captioner, { rows, beams, temperature });
    const system = {
      view,
      input: captioner.info.input,
      mapper: captioner.config.mapper,
      decoder: captioner.config.decoder,
      search: { rows, beams, maxTokens, temperature, stop, stopId },
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
