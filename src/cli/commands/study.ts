/** `regionformer study …`: a study file in; tables, figures and a page out. */
import { z } from "zod";
import { disclaimer } from "../../base/notices.ts";
import { gridAsText } from "../../metrics/index.ts";
import { openDevice } from "../../runtime/node/index.ts";
import {
  builtInStudyText,
  chooseJobs,
  crewFor,
  estimateLines,
  estimateStudy,
  planDocument,
  planGrid,
  readStudyText,
  remainingWork,
  reopenStudy,
  runStudy,
  type StudyText,
  threadsOfJob,
} from "../../studies/node/index.ts";
import { type ArgumentSpec, type Command, type Context, defineCommand } from "../framework/index.ts";
import { engineOptions } from "../options/engine.ts";
import { metricModelOptions, modelMetrics } from "../options/metric-models.ts";
import { requestOf, studyOptions } from "../options/study.ts";

const options = z.object({
  ...studyOptions,
  jobs: z
    .number()
    .int()
    .positive()
    .optional()
    .describe("Trainings at a time; as many as memory and cores allow when absent"),
  ...metricModelOptions,
  ...engineOptions,
});

type Options = Readonly<z.output<typeof options>>;

async function run(study: StudyText, settings: Options, context: Context) {
  const request = await requestOf(study, settings);
  const runtime = await openDevice(settings, context);
  const { report, prepared, ran } = await runStudy(
    request,
    runtime,
    crewFor(settings.jobs, request, engineOf(settings), runtime, context),
    (profile, memories) => modelMetrics(profile, settings, context.log, memories),
    context,
  );
  const { uses, trainings } = prepared.plan;
  return {
    document: { out: settings.out, page: report.page, trainings: trainings.length, ran, ...report.document },
    text: [
      ...report.grids.map(gridAsText),
      `${uses.length} cells of ${trainings.length} trainings, ${ran} of them run now`,
      `page: ${report.page}`,
      disclaimer,
    ].join("\n\n"),
  };
}

const engineOf = ({ device, threads }: Options) => ({ device, threads });

/** The plan, and an estimate from steps that are measured here and now. */
async function preview(study: StudyText, settings: Options, context: Context) {
  const prepared = await reopenStudy(await requestOf(study, settings), context, true);
  const work = await remainingWork(prepared);
  const jobs = await chooseJobs(settings.jobs, work, prepared);
  const engine = { ...engineOf(settings), threads: threadsOfJob(jobs, settings) };
  const estimate = await estimateStudy(prepared, work, jobs, await openDevice(engine, context));
  const document = planDocument(prepared, work);
  const lines = estimateLines(estimate, jobs, engine.threads);
  return {
    document: {
      ...document,
      jobs,
      threads: engine.threads,
      estimate: { ...estimate, costs: [...estimate.costs.values()] },
    },
    text: [gridAsText(planGrid(document, prepared.study)), ...lines].join("\n"),
  };
}

function studyCommand<const A extends readonly ArgumentSpec[]>(parts: {
  readonly description: string;
  readonly arguments: A;
  readonly examples: readonly string[];
  read(name: string | undefined): Promise<StudyText>;
}): Command {
  const { read, ...rest } = parts;
  return defineCommand({
    ...rest,
    options,
    async run({ arguments: given, options: settings }, context) {
      const name = Object.values(given)[0];
      return run(await read(typeof name === "string" ? name : undefined), settings, context);
    },
    async dryRun({ arguments: given, options: settings }, context) {
      const name = Object.values(given)[0];
      return preview(await read(typeof name === "string" ? name : undefined), settings, context);
    },
  }) as unknown as Command;
}

const shared =
  "What is finished is kept: an interrupted study continues, and studies in one folder share embeddings, trainings " +
  "and cells. Tables come as Markdown, CSV, LaTeX and JSON, figures as SVG and PNG, and all of it as one page.";

export const studyRun = studyCommand({
  description: `Runs the cells of a study file (docs/studies.md), scores them, tests their differences. ${shared}`,
  arguments: [{ name: "file", summary: "Study file (YAML).", required: true }],
  examples: [
    "study run my-study.yaml --data PadChest-GR --out studies",
    "study run my-study.yaml --quick --out studies --dry-run",
  ],
  read: (path) => readStudyText(path!),
});

/** The command of a study that comes with the package. */
export function builtInStudy(name: string): Command {
  return studyCommand({
    description: `Runs the built-in study ${name}: configs/studies/${name}.yaml. ${shared}`,
    arguments: [],
    examples: [
      `study ${name} --quick --out studies`,
      `study ${name} --data PadChest-GR --encoder-model clip-vit-base-patch32 --decoder-model gpt2 --out studies`,
    ],
    read: () => builtInStudyText(name),
  });
}
