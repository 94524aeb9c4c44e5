/** `regionformer data check`: counts, and everything that is wrong. */
import { z } from "zod";
import { writeFileAtomic } from "../../base/node/files.ts";
import { formatReport, inspectDataset } from "../../data/index.ts";
import { checkPage, openDataset, writeProblemFile } from "../../data/node/index.ts";
import { fitNames } from "../../images/index.ts";
import { readFilm } from "../../images/node/index.ts";
import { loadTokenizer } from "../../text/node/index.ts";
import { defineCommand } from "../framework/index.ts";

const exitCodeOnErrors = 3;

/** A tokenizer is only counted with here: it need not fit a model. */
const anyVocabulary = Number.POSITIVE_INFINITY;

/** Side of ViT-B/32's square. Which part of a film it shows hardly depends on it. */
const encoderSide = 224;

export const dataCheck = defineCommand({
  description:
    "Counts studies, sentences, boxes and patients, reads every film, and lists duplicates, missing or broken images, bad " +
    "boxes, boxes outside the encoder's view, and patients or films in two splits. Exit code 3 when there are errors.",
  arguments: [
    { name: "data", summary: "Data set folder, or CSV files of the authors.", required: true, variadic: true },
  ],
  options: z.object({
    images: z.string().optional().describe("Folder of the images, where they are not below the data set"),
    tokenizer: z.string().optional().describe("GPT-2 folder: counts tokens, and what is cut off"),
    fit: z.enum(fitNames).default("crop").describe("The encoder's view that boxes are looked at through"),
    html: z.string().optional().describe("Page to write: figures, and the films that are worth a look"),
    report: z.string().optional().describe("CSV to write: every problem and every row that training does not see"),
  }),
  examples: [
    "data check PadChest-GR",
    "data check PadChest-GR --json",
    "data check PadChest-GR --tokenizer gpt2 --html check.html --report problems.csv",
  ],
  async run({ arguments: { data }, options }, context) {
    const dataset = await openDataset(data, options.images === undefined ? {} : { imagesDir: options.images });
    const progress = context.progress("read films", dataset.studies.length);
    const tokenizer =
      options.tokenizer === undefined ? undefined : await loadTokenizer(options.tokenizer, anyVocabulary);
    const checked = await inspectDataset(dataset, readFilm, {
      ...(tokenizer === undefined ? {} : { countTokens: (text: string) => tokenizer.encode(text).length }),
      view: { fit: options.fit, side: encoderSide },
      onStudy: () => progress.advance(),
      signal: context.signal,
    });
    const { report } = checked;
    progress.done();
    if (options.html !== undefined) await writeFileAtomic(options.html, await checkPage(checked));
    if (options.report !== undefined) await writeProblemFile(options.report, report.problems, dataset);
    return { document: report, text: formatReport(report), exitCode: report.errors > 0 ? exitCodeOnErrors : 0 };
  },
});
