/** What a training leaves out, how it is told, and how much of it is too much. */
import { z } from "zod";
import { DataError, UsageError } from "../../base/errors.ts";
import type { Problem, ProblemCode } from "../../data/index.ts";
import type { SkippedRows } from "../../train/node/index.ts";
import type { Context } from "../framework/index.ts";

export const skippedOptions = {
  maxSkipped: z
    .number()
    .min(0)
    .max(1)
    .default(0.05)
    .describe("Largest share of rows that may be lost to damage or missing films; more of them fail the run"),
};

/** Problems that cost the record they are found in. */
const losing: ReadonlySet<ProblemCode> = new Set(["bad-record", "bad-boxes", "numeric-id"]);

/** The records of a data set that gave no rows, by their places in the files. */
export function lostRecords(problems: readonly Problem[]): SkippedRows[] {
  const lost = problems.filter(({ code }) => losing.has(code));
  // Two problems of one record have the same place but for the name of the cell.
  const places = [...new Set(lost.map(({ where }) => where.replace(/, (extra_)?boxes$/, "")))];
  return places.length === 0 ? [] : [{ reason: "the record is damaged", rows: [], places, isLoss: true }];
}

function countOf({ rows, places = [] }: SkippedRows): number {
  return rows.length + places.length;
}

/**
 * Warns about what is left out.
 * @param used rows that are left
 * @throws UsageError under --strict, DataError when the losses are more than the stated share
 */
export function reportSkipped(
  skipped: readonly SkippedRows[],
  used: number,
  { out, strict, maxSkipped }: { readonly out: string; readonly strict: boolean; readonly maxSkipped: number },
  { log }: Pick<Context, "log">,
): void {
  for (const group of skipped) {
    const message = `${countOf(group)} rows are left out: ${group.reason}`;
    if (strict) {
      throw new UsageError("Rows would be left out, and --strict forbids it.", { where: out, found: message });
    }
    log.warn(`${message}; they are listed in the run folder`);
  }
  const losses = skipped.filter(({ isLoss }) => isLoss);
  const lost = losses.reduce((sum, group) => sum + countOf(group), 0);
  const share = lost / Math.max(1, lost + used);
  if (share <= maxSkipped) return;
  const [first] = losses.flatMap(({ rows, places = [] }) => [
    ...places,
    ...rows.map(({ imageId }) => `image ${imageId}`),
  ]);
  throw new DataError("Too many rows are lost.", {
    where: `${first}${lost > 1 ? ` and ${lost - 1} more` : ""}`,
    expected: `at most ${(100 * maxSkipped).toFixed(1)}% of the rows`,
    found: `${lost} of ${lost + used} (${(100 * share).toFixed(1)}%): ${losses.map(({ reason }) => reason).join("; ")}`,
    remedy: "See them with `regionformer data check`, repair the data, or raise --max-skipped.",
  });
}
