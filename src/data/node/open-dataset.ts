/** Opens a data set: a folder in PadChest-GR's layout, or CSV files of the authors. */
import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DataError } from "../../base/errors.ts";
import { sha256 } from "../../base/node/hash.ts";
import { parseAuthorsCsv } from "../authors-csv/parse.ts";
import type { Dataset } from "../dataset.ts";
import { factsOfStudies, type StudyFacts } from "../padchest-gr/master-table.ts";
import { parseRelease, type StudyRecord } from "../padchest-gr/release.ts";
import type { Problem } from "../problem.ts";
import { findImages } from "./find-images.ts";
import { readBytes, readTable } from "./read-table.ts";

export interface OpenOptions {
  /** Where the images are; default: anywhere below the data set's folder. */
  readonly imagesDir?: string;
}

type Source = Dataset["sources"][number];

interface Records {
  readonly studies: readonly StudyRecord[];
  readonly problems: readonly Problem[];
  readonly sources: readonly Source[];
}

const masterTableNames = ["master_table.csv", "master_table.csv.zip"];

/** Split and patient by study, from the master table next to the data, where there is one. */
async function readFacts(dir: string): Promise<{ facts: Map<string, StudyFacts>; sources: Source[] }> {
  const path = masterTableNames.map((name) => join(dir, name)).find((candidate) => existsSync(candidate));
  if (path === undefined) return { facts: new Map(), sources: [] };
  const table = await readTable(path);
  return { facts: factsOfStudies(table.records, path), sources: [{ file: basename(path), sha256: table.sha256 }] };
}

async function readRelease(dir: string): Promise<Records> {
  const names = await readdir(dir);
  const name = names
    .filter((entry) => /^grounded_reports.*\.json$/.test(entry))
    .sort()
    .at(-1);
  if (name === undefined) {
    const csvs = names.filter((entry) => entry.endsWith("_separated.csv"));
    if (csvs.length > 0) return readCsvs(csvs.sort().map((csv) => join(dir, csv)));
    throw new DataError("The folder holds no data set.", {
      where: dir,
      expected: "grounded_reports_….json, as PadChest-GR is released, or …_separated.csv files",
      found: names.slice(0, 5).join(", ") || "an empty folder",
    });
  }
  const { facts, sources } = await readFacts(dir);
  if (sources.length === 0) {
    throw new DataError("The folder lacks the master table, which tells splits and patients.", {
      where: dir,
      expected: masterTableNames.join(" or "),
    });
  }
  const path = join(dir, name);
  const bytes = await readBytes(path);
  const { studies, problems } = parseRelease(bytes.toString("utf8"), path, facts);
  return { studies, problems, sources: [{ file: name, sha256: sha256(bytes) }, ...sources] };
}

async function readCsvs(paths: readonly string[]): Promise<Records> {
  const all: Records[] = [];
  for (const path of paths) {
    const { facts, sources } = await readFacts(dirname(path));
    const table = await readTable(path);
    const parsed = parseAuthorsCsv(table.records, path, facts);
    all.push({ ...parsed, sources: [{ file: basename(path), sha256: table.sha256 }, ...sources] });
  }
  const byName = new Map(all.flatMap(({ sources }) => sources.map((source) => [source.file, source])));
  return {
    studies: all.flatMap(({ studies }) => studies),
    problems: all.flatMap(({ problems }) => problems),
    sources: [...byName.values()],
  };
}

/**
 * @param paths one folder, or CSV files
 * @throws DataError when there is no data set, or a file as a whole cannot be read; what is wrong with single records is
 * in the data set's problems
 */
export async function openDataset(paths: readonly string[], { imagesDir }: OpenOptions = {}): Promise<Dataset> {
  const first = paths[0]!;
  const isFolder = await stat(first).then(
    (found) => found.isDirectory(),
    () => undefined,
  );
  if (isFolder === undefined) throw new DataError("The data set does not exist.", { where: first });
  const { studies, problems, sources } = isFolder ? await readRelease(first) : await readCsvs(paths);
  const images = await findImages(imagesDir ?? (isFolder ? first : dirname(first)));
  return {
    studies: studies.map((study) => ({ ...study, imagePath: images.paths.get(study.imageId) })),
    problems: [...problems, ...images.problems],
    sources,
  };
}
