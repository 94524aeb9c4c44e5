/** `regionformer demo`: the paper's first table in small. */
import { z } from "zod";
import { disclaimer } from "../../base/notices.ts";
import { profileNames } from "../../metrics/index.ts";
import { openDevice } from "../../runtime/node/index.ts";
import { comparisonDocument, formatComparison } from "../../studies/index.ts";
import { type DemoConfig, runDemo } from "../../studies/node/index.ts";
import { defineCommand } from "../framework/index.ts";
import { resolvedYaml } from "../framework/resolved-yaml.ts";
import { engineOptions } from "../options/engine.ts";

const count = z.number().int().positive();
const seed = z.number().int().nonnegative();

const options = z.object({
  out: z.string().default("demo-out").describe("Folder to write; one of an earlier demo is used again"),
  studies: count.describe("Synthetic studies"),
  size: count.describe("Side of a film in pixels"),
  dataSeed: seed.describe("Seed of the films"),
  encoderModel: z.string().describe("CLIP folder, or an embedded model's name"),
  decoderModel: z.string().describe("GPT-2 folder, or an embedded model's name"),
  prefixLength: count.describe("Prefix tokens handed to the decoder"),
  latentLength: count.describe("Tokens the input is unpacked into"),
  mapperLayers: count.describe("Layers of the mapper"),
  mapperHeads: count.describe("Attention heads of the mapper"),
  mlpRatio: count.describe("Width of the mapper's MLP blocks over the decoder's"),
  epochs: count.describe("Passes over the training rows"),
  batchSize: count.describe("Rows of a step"),
  learningRate: z.number().positive().describe("Highest learning rate"),
  warmupSteps: z.number().int().nonnegative().describe("Steps until it is reached"),
  seed: seed.describe("Seed of first weights and order of rows"),
  beams: count.describe("Beams of a row"),
  maxTokens: count.describe("Most tokens of a sentence"),
  profile: z.enum(profileNames).describe("Which metrics, and how they prepare the texts"),
  resamples: count.describe("Resamples of the bootstrap"),
  bootstrapSeed: seed.describe("Seed of the bootstrap"),
  galleryRows: count.describe("Test rows in the gallery"),
  ...engineOptions,
});

function demoConfig(o: z.infer<typeof options>): DemoConfig {
  const { studies, size, dataSeed, encoderModel, decoderModel, galleryRows, profile, resamples, bootstrapSeed } = o;
  return {
    ...{ studies, size, dataSeed, encoderModel, decoderModel, galleryRows },
    encoderBatchSize: 16,
    training: {
      id0InLoss: true,
      optimizer: { variant: "hf", beta1: 0.9, beta2: 0.999, epsilon: 1e-6, weightDecay: 0 },
      mapper: {
        kind: "transformer",
        prefixLength: o.prefixLength,
        latentLength: o.latentLength,
        layers: o.mapperLayers,
        heads: o.mapperHeads,
        mlpRatio: o.mlpRatio,
      },
      jointDecoder: false,
      epochs: o.epochs,
      batchSize: o.batchSize,
      validationBatchSize: o.batchSize,
      learningRate: o.learningRate,
      warmupSteps: o.warmupSteps,
      seed: o.seed,
    },
    generation: { method: "beam", beams: o.beams, maxTokens: o.maxTokens, temperature: 1, stop: ".", batchSize: 16 },
    comparison: { profile, resamples, seed: bootstrapSeed },
  };
}

export const demo = defineCommand({
  description:
    "Draws synthetic films, trains the three input modes on the embedded tiny models, scores them on the test films, and " +
    "writes a page with table, learning curves and gallery. Needs no data and no network; `npm run demo` gives it its " +
    "configuration, configs/demo.yaml.",
  arguments: [],
  options,
  examples: ["demo --config configs/demo.yaml", "demo --config configs/demo.yaml --out demo-out --json"],
  async run({ options, resolved }, context) {
    const config = demoConfig(options);
    const outcome = await runDemo(
      options.out,
      config,
      resolvedYaml(resolved),
      await openDevice(options, context),
      context,
    );
    return {
      document: {
        report: outcome.reportPath,
        counts: outcome.counts,
        ...comparisonDocument(outcome.comparison),
        gallery: outcome.gallery,
        notice: disclaimer,
      },
      text: [formatComparison(outcome.comparison), `page: ${outcome.reportPath}`, disclaimer].join("\n"),
    };
  },
});
