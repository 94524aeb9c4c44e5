/** `regionformer models import`: a checkpoint of the public code in, a run folder out. */
import { z } from "zod";
import { ModelError } from "../../base/errors.ts";
import { preprocessingVersion } from "../../features/index.ts";
import { fitNames } from "../../images/index.ts";
import { type CaptionerInfo, inputModes, visualWidth } from "../../models/captioner/index.ts";
import {
  type EncoderModel,
  loadDecoder,
  loadEncoder,
  readReferenceCheckpoint,
  writeCheckpoint,
} from "../../models/node/index.ts";
import { Run } from "../../train/node/index.ts";
import { defineCommand } from "../framework/index.ts";

export const modelsImport = defineCommand({
  description:
    "Reads a .pt checkpoint of the public code or of ClipCap and writes a run folder that `generate`, `describe` and " +
    "`models export` use. No code in the file is run. What the file does not say has to be said here.",
  arguments: [{ name: "checkpoint", summary: "File of torch.save with clip_project.* tensors.", required: true }],
  options: z.object({
    out: z.string().describe("Run folder to write"),
    mode: z.enum(inputModes).describe("What the mapper was given"),
    encoderModel: z.string().describe("Folder or file of the CLIP model that made its inputs"),
    decoderModel: z.string().describe("Folder of the GPT-2 it was trained with"),
    concatNorm: z
      .boolean()
      .default(false)
      .describe("The joined vector was scaled to length 1; the public code does not"),
    fit: z.enum(fitNames).default("crop").describe("How films were brought to the encoder's square"),
    heads: z.number().int().positive().default(8).describe("Heads of the transformer mapper"),
  }),
  examples: [
    "models import padchestgr_prefix-best.pt --mode image+mask --encoder-model models/clip --decoder-model models/gpt2 --out runs/public",
  ],
  async run({ arguments: { checkpoint }, options }) {
    const { mode, concatNorm, fit, heads } = options;
    const decoder = await loadDecoder(options.decoderModel);
    const encoder = await loadEncoder(options.encoderModel);
    const { weights, info } = await readReferenceCheckpoint(checkpoint, {
      decoder,
      input: { mode, concatNorm },
      heads,
    });
    checkWidth(info, encoder, checkpoint);
    const run = await Run.create(options.out, "# imported: no training of ours made this run\n");
    const view = { fit, side: encoder.config.imageSize };
    const identity = { ...encoder.identity, preprocessing: preprocessingVersion, view };
    await writeCheckpoint(run.bestCheckpointPath, { weights, info, notes: { encoder: JSON.stringify(identity) } });
    const { kind, prefixLength, inputWidth } = info.mapper;
    return {
      document: { out: options.out, checkpoint: run.bestCheckpointPath, ...info },
      text: [
        `${options.out}: ${kind} mapper from ${inputWidth} numbers to ${prefixLength} prefix tokens, mode ${mode}`,
        info.jointDecoder ? "the decoder was trained too; its weights are in the run" : "the decoder is the folder's",
      ].join("\n"),
    };
  },
});

/** @throws ModelError when the mapper reads something else than this encoder gives in this mode */
function checkWidth({ mapper, input }: CaptionerInfo, { config, identity }: EncoderModel, checkpoint: string): void {
  const width = (mode: (typeof inputModes)[number]) => visualWidth(config.projectionWidth, { ...input, mode });
  if (mapper.inputWidth === width(input.mode)) return;
  const fitting = inputModes.filter((mode) => width(mode) === mapper.inputWidth);
  throw new ModelError("The mapper was not made for this encoder in this mode.", {
    where: checkpoint,
    expected: `a mapper of ${width(input.mode)} numbers, for ${identity.name} and mode ${input.mode}`,
    found: `a mapper of ${mapper.inputWidth} numbers`,
    remedy: fitting.length > 0 ? `With this encoder it can be --mode ${fitting.join(" or ")}.` : "Give its encoder.",
  });
}
