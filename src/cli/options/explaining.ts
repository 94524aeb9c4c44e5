/** Options of `explain`, and what they ask about a row and a split. */
import { z } from "zod";
import { UsageError } from "../../base/errors.ts";
import type { Reporter } from "../../base/reporter.ts";
import { splitNames } from "../../data/index.ts";
import {
  baselineNames,
  defaultMethodOptions,
  type Explainer,
  latentModes,
  methodNames,
  methodsFor,
} from "../../explain/index.ts";
import type { RowRequest } from "../../explain/node/index.ts";
import { searchShape } from "../../generate/index.ts";
import { datasetOptions, strictOption } from "./dataset.ts";
import { engineOptions } from "./engine.ts";

const count = z.number().int().positive();

export const explainOptions = z.object({
  out: z.string().describe("Folder to write; one of an earlier call is used again"),
  run: z.string().default("tiny-regionformer").describe("Run folder of `train`, or the embedded one"),
  imageRun: z.string().optional().describe("Run trained on films alone: the middle panel of the paper's figure"),
  box: z.array(z.string()).default([]).describe("Film: box x1,y1,x2,y2 of the finding, in fractions"),
  pixels: z.boolean().default(false).describe("Film: the boxes are in pixels"),
  sentence: z.string().min(1).optional().describe("Film: explain this sentence instead of the model's own"),
  split: z.enum(splitNames).default("test").describe("Data set: which rows"),
  rows: z.number().int().nonnegative().default(6).describe("Data set: rows with boxes to show, drawn at random"),
  score: z.boolean().default(false).describe("Data set: score the maps on all rows with boxes of the split"),
  scoreRows: count.optional().describe("Score this many of them, drawn at random"),
  map: z.array(z.enum(methodNames)).default([]).describe("Spatial method; all that fit the encoder when absent"),
  perToken: z.boolean().default(false).describe("A map for each token too"),
  latent: z
    .enum([...latentModes, "both", "none"])
    .default("both")
    .describe("The paper's maps: which form"),
  counterfactuals: z.boolean().default(true).describe("Try other boxes: moved, resized, removed"),
  baseline: z.enum(baselineNames).default(defaultMethodOptions.baseline).describe("What a film is compared with"),
  steps: count.default(defaultMethodOptions.steps).describe("Points of the integral of integrated gradients"),
  window: count.default(defaultMethodOptions.window).describe("Patches along the side of what occlusion covers"),
  curvePoints: count.default(8).describe("Steps of the deletion and insertion curves"),
  resamples: count.default(2000).describe("Draws of the bootstrap"),
  seed: z.number().int().nonnegative().default(0).describe("Seed of drawn rows, random maps and the bootstrap"),
  encoderModel: z.string().optional().describe("CLIP folder, where it is not at the place of the encoding"),
  decoderModel: z.string().optional().describe("GPT-2 folder, where it is not at the place of the training"),
  ...datasetOptions,
  ...searchShape,
  ...engineOptions,
  ...strictOption,
});

export type ExplainOptions = z.infer<typeof explainOptions>;

/** What is asked about each row; a method or map that the model cannot have is left out with a warning. */
export function rowRequestOf(o: ExplainOptions, { system }: Explainer, log: Reporter["log"]): RowRequest {
  const { mapper } = system.config.captioner;
  const wanted = o.latent === "both" ? latentModes : o.latent === "none" ? [] : [o.latent];
  const hasAttention = mapper.kind === "transformer";
  if (wanted.length > 0 && !hasAttention) log.warn(`no latent maps: the ${mapper.kind} mapper has no attention`);
  const fitting = methodsFor(system.config.encoder);
  if (o.map.length === 0 && fitting.length < methodNames.length) {
    log.warn("no LeGrad maps: the encoder is a residual network, which has no attention layers");
  }
  return {
    methods: o.map.length === 0 ? fitting : methodNames.filter((name) => o.map.includes(name)),
    perToken: o.perToken,
    latent: hasAttention ? wanted : [],
    counterfactuals: o.counterfactuals,
    sentence: o.sentence,
    baseline: o.baseline,
    steps: o.steps,
    window: o.window,
  };
}

/** @throws UsageError when an option is given that says nothing about a film, or about a data set */
export function refuseOptionsFor(kind: "film" | "data set", { score, box, sentence }: ExplainOptions): void {
  const unfit =
    kind === "film" ? { "--score": score } : { "--box": box.length > 0, "--sentence": sentence !== undefined };
  const [name] = Object.entries(unfit).find(([, isGiven]) => isGiven) ?? [];
  if (name === undefined) return;
  throw new UsageError(`The option is not for a ${kind}.`, {
    where: name,
    expected: kind === "film" ? "a data set" : "one film",
    found: `a ${kind}`,
  });
}
