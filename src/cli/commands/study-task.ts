/** `regionformer study task`: what a job of a submitted study runs. */
import { z } from "zod";
import { UsageError } from "../../base/errors.ts";
import { runTask, Submission } from "../../studies/node/index.ts";
import { defineCommand } from "../framework/index.ts";

function partOf(text: string): number | "features" {
  if (text === "features") return text;
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError("The task is not understood.", {
    where: "study task",
    expected: "features, or the number of a task",
    found: text,
  });
}

export const studyTask = defineCommand({
  description:
    "Embeds the films of a submission, or trains one of its cells and writes its sentences; continues what an earlier " +
    "start left. The scripts of `study submit` call it; it needs no Slurm.",
  arguments: [
    {
      name: "submission",
      summary: "Folder that `study submit` made, such as OUT/slurm/grounding/001.",
      required: true,
    },
    { name: "part", summary: "features, or the number of a task.", required: true },
  ],
  options: z.object({}),
  examples: ["study task studies/slurm/grounding/001 features", "study task studies/slurm/grounding/001 0"],
  async run({ arguments: { submission, part } }, context) {
    const which = partOf(part);
    await runTask(await Submission.open(submission), which, context);
    return { document: { submission, part: which }, text: `done: ${part}` };
  },
});
