/** `regionformer study collect`: tables of what a submitted study has finished. */
import { z } from "zod";
import { disclaimer } from "../../base/notices.ts";
import { gridAsText } from "../../metrics/index.ts";
import { chosenStudies, collectStudy, submissionsOf } from "../../studies/node/index.ts";
import { defineCommand } from "../framework/index.ts";
import { metricModelOptions, modelMetrics } from "../options/metric-models.ts";

const options = z.object({ study: z.string().optional().describe("One study of the folder; all when absent") });

export const studyCollect = defineCommand({
  description:
    "Scores the cells of submitted studies that are finished with all their seeds, and writes tables, figures and page; " +
    "says which cells are missing.",
  arguments: [{ name: "out", summary: "Folder of the studies.", required: true }],
  options,
  examples: ["study collect studies", "study collect studies --study grounding"],
  async run({ arguments: { out }, options: { study } }, context) {
    const studies: { study: string; page: string; missing: readonly string[] }[] = [];
    const text: string[] = [];
    for (const name of await chosenStudies(out, study)) {
      const submission = (await submissionsOf(out, name)).at(-1)!;
      const { metricModels, engine } = submission.file;
      const models = { ...z.object(metricModelOptions).parse(metricModels), threads: engine.threads };
      const { report, missing } = await collectStudy(
        submission,
        (profile, memories) => modelMetrics(profile, models, context.log, memories),
        context,
      );
      for (const each of missing) context.log.warn(`${name}: ${each} is missing`);
      studies.push({ study: name, page: report.page, missing });
      text.push(...report.grids.map(gridAsText), `page: ${report.page}`);
    }
    return { document: { out, studies }, text: [...text, disclaimer].join("\n\n") };
  },
});
