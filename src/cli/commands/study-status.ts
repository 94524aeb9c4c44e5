/** `regionformer study status`: how far a submitted study is. */
import { z } from "zod";
import { gridAsText } from "../../metrics/index.ts";
import { chosenStudies, type SubmittedStudy, studyStatus } from "../../studies/node/index.ts";
import { defineCommand } from "../framework/index.ts";

const options = z.object({ study: z.string().optional().describe("One study of the folder; all when absent") });

function gridOf({ study, cells, tables }: SubmittedStudy): string {
  const states = ["done", "running", "waiting", "failed"] as const;
  const counts = states.map((state) => `${cells.filter((cell) => cell.state === state).length} ${state}`);
  return gridAsText({
    caption: study,
    header: ["cell", "seed", "state", "job", "why"],
    rows: cells.map(({ cell, seed, state, job, reason }) => [cell, String(seed), state, job ?? "", reason]),
    notes: [counts.join(", "), `tables: ${[tables.state, tables.reason].filter(Boolean).join(", ")}`],
  });
}

export const studyStatusCommand = defineCommand({
  description:
    "Each cell of the studies that were submitted from a folder: done, running, waiting or failed, and why. Reads the " +
    "folder's files, and asks squeue and sacct where they are.",
  arguments: [{ name: "out", summary: "Folder of the studies.", required: true }],
  options,
  examples: ["study status studies", "study status studies --study grounding"],
  async run({ arguments: { out }, options: { study } }) {
    const names = await chosenStudies(out, study);
    const studies = await Promise.all(names.map((name) => studyStatus(out, name)));
    return { document: { out, studies }, text: studies.map(gridOf).join("\n\n") };
  },
});
