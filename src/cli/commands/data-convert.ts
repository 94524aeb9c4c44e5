/** `regionformer data convert`: boxes from one format to another. */
import { z } from "zod";
import { formatNames, formats } from "../../data/formats/index.ts";
import { formatProblems } from "../../data/index.ts";
import { convertDataset } from "../../data/node/index.ts";
import { defineCommand, packageInfo } from "../framework/index.ts";

export const dataConvert = defineCommand({
  description:
    "Reads studies and boxes in one format and writes them in another. Films are not touched. What the new format cannot " +
    "hold is found by reading it back, and listed.",
  arguments: [
    { name: "in", summary: "Data set folder, or folder or file of another format.", required: true },
    { name: "out", summary: "Folder to write.", required: true },
  ],
  options: z.object({
    to: z.enum(formatNames).describe("Format to write"),
    from: z
      .enum(["auto", "dataset", ...formatNames])
      .default("auto")
      .describe("Format to read; auto looks into the files, dataset is PadChest-GR's release or the authors' CSVs"),
    images: z.string().optional().describe("Folder of the films, where they are not below the input"),
  }),
  examples: [
    "data convert PadChest-GR coco --to coco",
    "data convert annotations.csv padchest --images films --to padchest-gr",
  ],
  async run({ arguments: { in: from, out }, options }, { signal, log }) {
    const { images } = options;
    const {
      from: read,
      studies,
      files,
      losses,
      problems,
      isContinued,
    } = await convertDataset({
      from,
      fromFormat: options.from,
      to: out,
      toFormat: options.to,
      signal,
      program: packageInfo().version,
      ...(images === undefined ? {} : { imagesDir: images }),
    });
    if (isContinued) log.info(`continued where an earlier conversion stopped: ${out}`);
    const lines = [
      `read as ${read}`,
      `${out}: ${studies} studies as ${options.to}, ${files} ${files === 1 ? "file" : "files"}`,
      `boxes: ${formats[options.to].coordinates}`,
      losses.length === 0 ? "nothing was lost" : "not held by this format:",
      ...losses.map(({ what, lost, of }) => `  ${what}: ${lost} of ${of}`),
    ];
    const errors = problems.filter(({ severity }) => severity === "error").length;
    return {
      document: { from: read, out, format: options.to, studies, files, losses, problems },
      text: [...lines, ...formatProblems(problems)].join("\n"),
      exitCode: errors > 0 ? 3 : 0,
    };
  },
});
