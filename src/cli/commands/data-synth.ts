/** `regionformer data synth`: synthetic radiographs. */
import { z } from "zod";
import { synthesise } from "../../data/synthetic/node/index.ts";
import { defineCommand } from "../framework/index.ts";

export const dataSynth = defineCommand({
  description:
    "Writes synthetic frontal radiographs with findings, boxes and sentences in PadChest-GR's own layout. The same seed " +
    "gives the same films on every machine. For research and testing; not a medical device, no clinical conclusions.",
  arguments: [],
  options: z.object({
    out: z.string().describe("Folder to write"),
    studies: z.number().int().positive().default(100).describe("Studies to make"),
    seed: z.number().int().nonnegative().default(0).describe("Seed of everything"),
    size: z.number().int().min(128).default(512).describe("Width and height of a film in pixels"),
  }),
  examples: ["data synth --out synthetic", "data synth --out synthetic --studies 400 --seed 7 --size 768"],
  async run({ options }, context) {
    const progress = context.progress("draw films", options.studies);
    const summary = await synthesise({ ...options, onProgress: () => progress.advance() });
    progress.done();
    return {
      document: { ...options, ...summary },
      text:
        `${options.out}: ${options.studies} synthetic studies of ${summary.patients} patients (seed ${options.seed}), ` +
        `${summary.positiveSentences} positive and ${summary.negativeSentences} negative sentences, ` +
        `${summary.priorFilms} films before. For research and testing only.`,
    };
  },
});
