/** `regionformer evaluate`: sentences and references in, scores out. */
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../../base/node/files.ts";
import { sha256OfFile } from "../../base/node/hash.ts";
import { formatScores, profileNames, evaluate as score, scoresDocument } from "../../metrics/index.ts";
import { readPairs } from "../../metrics/node/index.ts";
import { defineCommand } from "../framework/index.ts";

export const evaluate = defineCommand({
  description:
    "Scores a CSV with columns ref and hyp, or a JSON list of the same, and writes scores.json next to it. Works on any " +
    "such file, whoever wrote it.",
  arguments: [{ name: "file", summary: "CSV or JSON file of texts and references.", required: true }],
  options: z.object({
    profile: z.enum(profileNames).default("authors").describe("Which metrics, and how they prepare the texts"),
    out: z.string().optional().describe("File to write; scores.json next to the input when absent"),
  }),
  examples: ["evaluate runs/image-mask/predictions.csv", "evaluate texts.json --profile authors --json"],
  async run({ arguments: { file }, options }, context) {
    const scores = await score(await readPairs(file), { profile: options.profile, reporter: context });
    const document = { file: basename(file), sha256: await sha256OfFile(file), ...scoresDocument(scores) };
    await writeFileAtomic(
      options.out ?? join(dirname(file), "scores.json"),
      `${JSON.stringify(document, undefined, 1)}\n`,
    );
    return { document, text: formatScores(scores) };
  },
});
