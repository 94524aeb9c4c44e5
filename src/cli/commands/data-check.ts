/** `regionformer data check`: counts, and everything that is wrong. */
import { z } from "zod";
import { InterruptedError } from "../../base/errors.ts";
import { checkWritable, writeFileAtomic } from "../../base/node/files.ts";
import { formatReport, inspectDataset } from "../../data/index.ts";
import { checkPage, FilmReadings, openPacked, writeProblemFile } from "../../data/node/index.ts";
import { fitNames } from "../../images/index.ts";
import { locateModel } from "../../models/node/index.ts";
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
    tokenizer: z.string().optional().describe("GPT-2 folder, or tiny-gpt2: counts tokens, and what is cut off"),
    fit: z.enum(fitNames).default("crop").describe("The encoder's view that boxes are looked at through"),
    headersOnly: z
      .boolean()
      .default(false)
      .describe("Read only the films' headers: sizes and depths in seconds, but neither damage nor copies"),
    journal: z.string().optional().describe("File that keeps what was read until the check is finished, to continue"),
    html: z.string().optional().describe("Page to write: figures, and the films that are worth a look"),
    report: z.string().optional().describe("CSV to write: every problem and every row that training does not see"),
  }),
  examples: [
    "data check PadChest-GR",
    "data check PadChest-GR --json",
    "data check PadChest-GR --headers-only",
    "data check PadChest-GR --tokenizer gpt2 --html check.html --report problems.csv",
  ],
  async run({ arguments: { data }, options }, context) {
    const { signal } = context;
    for (const path of [options.html, options.report]) if (path !== undefined) await checkWritable(path);
    const dataset = await openPacked(data, {
      signal,
      ...(options.images === undefined ? {} : { imagesDir: options.images }),
    });
    const tokenizer =
      options.tokenizer === undefined ? undefined : await loadTokenizer(locateModel(options.tokenizer), anyVocabulary);
    const films = dataset.studies.length;
    const read = options.headersOnly ? "headers" : "pixels";
    const { journal } = options;
    await using readings = await FilmReadings.open({ films, read, ...(journal === undefined ? {} : { journal }) });
    if (readings.remembered > 0) context.log.info(`${readings.remembered} films were read before: ${journal}`);
    const progress = context.progress("read films", films);
    const checked = await inspectDataset(dataset, readings.read, {
      ...(tokenizer === undefined ? {} : { countTokens: (text: string) => tokenizer.encode(text).length }),
      view: { fit: options.fit, side: encoderSide },
      onStudy: () => progress.advance(),
      signal,
    }).catch((error: unknown) => {
      throw signal.aborted ? interrupted(options) : (readings.failure ?? error);
    });
    const { report } = checked;
    progress.done();
    if (options.html !== undefined) await writeFileAtomic(options.html, await checkPage(checked));
    if (options.report !== undefined)
      await writeProblemFile(options.report, report.problems, dataset.studies, checked.filmOf);
    await readings.finish();
    return { document: report, text: formatReport(report), exitCode: report.errors > 0 ? exitCodeOnErrors : 0 };
  },
});

function interrupted({ journal }: { readonly journal?: string | undefined }): InterruptedError {
  return new InterruptedError("The check was interrupted; nothing was written but the journal, if one was named.", {
    where: journal ?? "data check",
    remedy:
      journal === undefined
        ? "Name a file with --journal: an interrupted check then continues where it stopped."
        : "Run the same command again: it continues where it stopped.",
  });
}
