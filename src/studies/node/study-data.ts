/** The films of a study: a data set of the user's, or synthetic ones that are drawn once. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "../../base/errors.ts";
import { readJsonObject } from "../../base/node/json.ts";
import type { Reporter } from "../../base/reporter.ts";
import { type Dataset, problemsOf } from "../../data/index.ts";
import { openDataset } from "../../data/node/index.ts";
import { synthesise } from "../../data/synthetic/node/index.ts";

export interface SyntheticFilms {
  readonly studies: number;
  readonly size: number;
  readonly seed: number;
}

export interface StudyData {
  readonly dataset: Dataset;
  /** Drawn by this program: nothing on the films or in the sentences is of a person. */
  readonly isSynthetic: boolean;
}

const marker = "synthetic.json";
/** Written last: a folder that has it is complete. */
const reports = "grounded_reports_20240819.json";

/** Draws the films unless the same ones are there. */
export async function drawFilms(dir: string, films: SyntheticFilms, reporter: Reporter): Promise<void> {
  const made = await readJsonObject(join(dir, marker));
  const isSame = made?.seed === films.seed && made?.studies === films.studies && made?.size === films.size;
  if (isSame && existsSync(join(dir, reports))) return;
  const drawing = reporter.progress("draw films", films.studies);
  await synthesise({ out: dir, ...films, onProgress: () => drawing.advance() });
  drawing.done();
}

/** Opens the data set and warns about its problems. @throws DataError when no study has a split to train and test on */
export async function openStudyData(
  paths: readonly string[],
  imagesDir: string | undefined,
  { log }: Reporter,
): Promise<StudyData> {
  const dataset = await openDataset(paths, imagesDir === undefined ? {} : { imagesDir });
  const problems = problemsOf(dataset).length;
  if (problems > 0) log.warn(`the data set has ${problems} problems; see \`regionformer data check\``);
  const missing = (["train", "test"] as const).filter((name) => dataset.studies.every(({ split }) => split !== name));
  if (missing.length > 0) {
    throw new DataError("A study needs rows to train and to test on.", {
      where: dataset.name,
      expected: "studies of the splits train and test",
      found: `none of ${missing.join(" and ")}`,
    });
  }
  return { dataset, isSynthetic: paths.length === 1 && existsSync(join(paths[0]!, marker)) };
}
