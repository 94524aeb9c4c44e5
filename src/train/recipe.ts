/**
 * What a training can be told: one definition of every choice with its default (REFERENCE §2, §3), from which the
 * flags of `train`, the keys of configuration files and the settings of studies are made.
 */
import { z } from "zod";
import { inputModes } from "../models/captioner/index.ts";
import { floatStorages } from "../weights/index.ts";

const count = z.number().int().positive();

export const protocolNames = ["clean", "paper", "reference"] as const;

/** A consistent set of the choices in which the paper and its public code differ from good practice. */
export type ProtocolName = (typeof protocolNames)[number];

/** What the mapper sees, and the choices that a protocol makes. */
export const protocolShape = {
  mode: z.enum(inputModes).default("image+mask").describe("What the mapper sees"),
  protocol: z.enum(protocolNames).default("clean").describe("Consistent set of the choices below"),
  concatNorm: z.boolean().default(true).describe("Scale the joined vector of image+mask to length 1"),
  selectOn: z.enum(["validation", "test"]).default("validation").describe("Split that chooses the checkpoint"),
  id0InLoss: z.boolean().default(true).describe('Count real "!" tokens (id 0) in the loss'),
  imagesNotGrey: z.enum(["luma", "dropped"]).default("luma").describe("What becomes of colour films"),
  adamw: z.enum(["hf", "torch"]).default("hf").describe("AdamW variant"),
};

/** What each protocol sets; everything else keeps its default. */
export const protocolPresets = {
  clean: {},
  paper: { selectOn: "test" },
  reference: { concatNorm: false, selectOn: "test", id0InLoss: false, imagesNotGrey: "dropped" },
} as const satisfies Record<ProtocolName, object>;

/** Network, optimiser and schedule. */
export const recipeShape = {
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
};

/** All choices of a training, made. */
export type Recipe = z.output<z.ZodObject<typeof protocolShape & typeof recipeShape>>;
