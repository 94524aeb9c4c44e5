/** Options of every command that reads a data set, and the one way they are used. */
import { z } from "zod";
import { DataError } from "../../base/errors.ts";
import { type Dataset, problemsOf, rowChoiceShape } from "../../data/index.ts";
import { openDataset } from "../../data/node/index.ts";
import type { Context } from "../framework/index.ts";

export const datasetOptions = {
  images: z.string().optional().describe("Folder of the images, where they are not below the data set"),
  ...rowChoiceShape,
};

export const strictOption = {
  strict: z.boolean().default(false).describe("Refuse data with problems instead of warning about them"),
};

/** Opens the data set and warns about its problems. @throws DataError under --strict */
export async function readDataset(
  paths: readonly string[],
  { images, strict }: { readonly images?: string | undefined; readonly strict: boolean },
  { log }: Pick<Context, "log">,
): Promise<Dataset> {
  const dataset = await openDataset(paths, images === undefined ? {} : { imagesDir: images });
  const problems = problemsOf(dataset);
  if (problems.length === 0) return dataset;
  const [first] = problems;
  if (strict) {
    throw new DataError("The data set has problems, and --strict forbids them.", {
      where: first!.where,
      found: `${first!.what}${problems.length > 1 ? `; ${problems.length - 1} more` : ""}`,
      remedy: "See all of them with `regionformer data check`.",
    });
  }
  const byCode = new Map<string, number>();
  for (const { code } of problems) byCode.set(code, (byCode.get(code) ?? 0) + 1);
  const counts = [...byCode].map(([code, count]) => `${code} (${count})`).join(", ");
  log.warn(`the data set has problems: ${counts}; see \`regionformer data check\``);
  return dataset;
}
