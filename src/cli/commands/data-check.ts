/** `regionformer data check`: counts, and everything that is wrong. */
import { z } from "zod";
import { checkDataset, formatReport } from "../../data/index.ts";
import { openDataset } from "../../data/node/index.ts";
import { readFilm } from "../../images/node/index.ts";
import { defineCommand } from "../framework/index.ts";

const exitCodeOnErrors = 3;

export const dataCheck = defineCommand({
  description:
    "Counts studies, sentences, boxes and patients, reads every film, and lists duplicates, missing or broken images, bad " +
    "boxes and patients in two splits. Exit code 3 when there are errors.",
  arguments: [
    { name: "data", summary: "Data set folder, or CSV files of the authors.", required: true, variadic: true },
  ],
  options: z.object({
    images: z.string().optional().describe("Folder of the images, where they are not below the data set"),
  }),
  examples: ["data check PadChest-GR", "data check PadChest-GR --json"],
  async run({ arguments: { data }, options }, context) {
    const dataset = await openDataset(data, options.images === undefined ? {} : { imagesDir: options.images });
    const progress = context.progress("read films", dataset.studies.length);
    const report = await checkDataset(dataset, readFilm, () => progress.advance());
    progress.done();
    return { document: report, text: formatReport(report), exitCode: report.errors > 0 ? exitCodeOnErrors : 0 };
  },
});
