/** Options of commands that say which study is run on what. */
import { z } from "zod";
import { UsageError } from "../../base/errors.ts";
import { quickSettings, type StudyRequest, type StudyText } from "../../studies/node/index.ts";
import { protocolNames } from "../../train/index.ts";

const count = z.number().int().positive();

export const studyOptions = {
  out: z.string().describe("Folder to write; studies in one folder share data, embeddings, trainings and cells"),
  data: z
    .array(z.string())
    .default([])
    .describe("Data set folder, or CSV files of the authors; with --quick synthetic films when absent"),
  images: z.string().optional().describe("Folder of the images, where they are not below the data set"),
  quick: z.boolean().default(false).describe("The embedded tiny models and the demo's recipe: minutes, not days"),
  protocol: z.enum(protocolNames).optional().describe("Consistent set of choices; clean when absent"),
  seeds: count.optional().describe("Trainings of each cell; the study's own number when absent"),
  encoderModel: z.string().optional().describe("CLIP folder, or an embedded model's name"),
  decoderModel: z.string().optional().describe("GPT-2 folder, or an embedded model's name"),
  set: z.array(z.string()).default([]).describe("Setting key=value of every cell, such as epochs=2"),
  only: z.array(z.string()).default([]).describe("Cells that are wanted, such as mode=image,mask"),
  resamples: count.optional().describe("Bootstrap resamples; the study's own number when absent"),
  trials: count.optional().describe("Trials of the randomisation test; the study's own number when absent"),
};

type StudySettings = Readonly<z.output<z.ZodObject<typeof studyOptions>>>;

/** @throws UsageError when there is neither data nor --quick */
export async function requestOf(study: StudyText, settings: StudySettings): Promise<StudyRequest> {
  const { out, data, images, quick, protocol, seeds, set, only } = settings;
  const { encoderModel, decoderModel, resamples, trials } = settings;
  const { base, films } = await quickSettings();
  if (data.length === 0 && !quick) {
    throw new UsageError("The study needs data.", {
      where: "--data",
      expected: "a data set's folder",
      found: "nothing",
      remedy: "Name the folder, or try --quick, which draws synthetic films.",
    });
  }
  return {
    ...study,
    options: {
      ...{ quick: quick ? base : undefined, protocol, seeds, set, only },
      ...{ encoderModel, decoderModel, resamples, trials },
    },
    out,
    data: data.length === 0 ? undefined : data,
    images,
    synthetic: films,
  };
}
