/** `regionformer study submit`: a study's open cells become jobs of a Slurm cluster. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { z } from "zod";
import { UsageError } from "../../base/errors.ts";
import {
  builtInStudyText,
  type PlannedSubmission,
  previewSubmission,
  readStudyText,
  type StudyRequest,
  type SubmitRequest,
  submitStudy,
} from "../../studies/node/index.ts";
import { defineCommand } from "../framework/index.ts";
import { engineOptions } from "../options/engine.ts";
import { metricModelOptions } from "../options/metric-models.ts";
import { requestOf, studyOptions } from "../options/study.ts";

const text = (words: string) => z.string().optional().describe(words);

const options = z.object({
  engine: z.enum(["slurm"]).default("slurm").describe("Who runs the jobs"),
  ...studyOptions,
  partition: text("Partition of the cluster; its own default when absent"),
  time: text("Limit of each job, such as 4:00:00"),
  mem: text("Memory of each job, such as 16G"),
  cpusPerTask: z.number().int().positive().default(2).describe("Cores of each job, and threads unless --threads says"),
  sbatchOption: z.array(z.string()).default([]).describe("More of sbatch's options for each job, such as account=lab"),
  ...metricModelOptions,
  ...engineOptions,
});

type Options = Readonly<z.output<typeof options>>;

/** Relative paths start where the command was called; the jobs start elsewhere. */
function absolute(request: StudyRequest): StudyRequest {
  // A model's name may be that of an embedded one.
  const model = (name: string | undefined) => (name !== undefined && existsSync(name) ? resolve(name) : name);
  const { options: chosen, out, data, images } = request;
  return {
    ...request,
    out: resolve(out),
    data: data?.map((path) => resolve(path)),
    images: images === undefined ? undefined : resolve(images),
    options: { ...chosen, encoderModel: model(chosen.encoderModel), decoderModel: model(chosen.decoderModel) },
  };
}

const { radgraphCase: _, trialModels: __, ...placeOptions } = metricModelOptions;

/**
 * The options of `metricModelOptions` alone, their folders absolute.
 * @throws UsageError for a folder that is not there: the tables, for which it is, are the last job of all
 */
function metricModelsOf(settings: Options): Record<string, unknown> {
  const places = Object.keys(placeOptions).flatMap((key) => {
    const place = settings[key as keyof typeof placeOptions];
    if (place === undefined) return [];
    if (existsSync(place)) return [[key, resolve(place)] as const];
    const flag = `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new UsageError("The model of a metric is not there.", { where: flag, found: place });
  });
  const { radgraphCase, trialModels } = settings;
  return { ...Object.fromEntries(places), radgraphCase, trialModels };
}

async function open(name: string, settings: Options): Promise<SubmitRequest> {
  const file = existsSync(name) ? await readStudyText(name) : await builtInStudyText(name);
  const { device, threads, cpusPerTask, partition, time, mem, sbatchOption } = settings;
  return {
    study: absolute(await requestOf(file, settings)),
    engine: { device, threads: threads ?? cpusPerTask },
    metricModels: metricModelsOf(settings),
    resources: { partition, time, mem, cpusPerTask, sbatchOptions: sbatchOption },
    // The compiled program, also when this one runs from source.
    program: [process.execPath, createRequire(import.meta.url).resolve("#workers/cli/main")],
    directory: process.cwd(),
  };
}

function counts({ uses, tasks, done, queued }: PlannedSubmission): string {
  return `${uses.length} cells: ${done} done, ${queued} in the queue, ${uses.length - done - queued} open in ${tasks} tasks`;
}

export const studySubmit = defineCommand({
  description:
    "Writes three batch scripts into OUT/slurm/ and submits them to Slurm: features, an array with a task for each open " +
    "training, and the tables. Submit again and only open cells are submitted. All machines must see --out, the data, " +
    "the models and this program under the same paths. --dry-run shows the scripts.",
  arguments: [{ name: "study", summary: "Study file (YAML), or the name of a built-in study.", required: true }],
  options,
  examples: [
    "study submit grounding --engine slurm --quick --out studies --partition short --time 1:00:00 --mem 4G",
    "study submit my-study.yaml --data PadChest-GR --out studies --sbatch-option account=lab --dry-run",
  ],
  async run({ arguments: { study: name }, options: settings }, context) {
    const planned = await submitStudy(await open(name, settings), context);
    const { jobs } = planned;
    const { out } = settings;
    const words =
      jobs === undefined
        ? `Nothing to submit. \`study collect ${out}\` makes the tables.`
        : `jobs: features ${jobs.features}, cells ${jobs.cells}, tables ${jobs.tables}\nscripts and logs: ${planned.dir}\n` +
          `\`study status ${out}\` shows how far they are.`;
    return { document: planned, text: `${counts(planned)}\n${words}` };
  },
  async dryRun({ arguments: { study: name }, options: settings }, context) {
    const planned = await previewSubmission(await open(name, settings), context);
    const scripts = Object.entries(planned.scripts).map(([kind, script]) => `${kind}.sbatch\n\n${script}`);
    return { document: planned, text: [counts(planned), ...scripts].join("\n\n") };
  },
});
