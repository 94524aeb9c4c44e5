/** From paths to a data set: finds the files, reads them, joins them, looks for the images. */
import { stat } from "node:fs/promises";
import { basename, dirname, extname, resolve } from "node:path";
import { DataError, UsageError } from "../../base/errors.ts";
import { type ImageSource, sourceName, type ZipMember } from "../../images/index.ts";
import { authorsCsvReader } from "../authors-csv/authors-csv.ts";
import { compareCounts } from "../consistency.ts";
import type { Dataset, SourceFile } from "../dataset.ts";
import { compareWithPublished } from "../padchest-gr/published-counts.ts";
import { reportsReader } from "../padchest-gr/reports.ts";
import { joinMasterTable, masterTableReader } from "../padchest-gr/split-and-patient.ts";
import { type Problem, problem } from "../problems.ts";
import type { Study } from "../vocabulary.ts";
import { indexArchives } from "./archives.ts";
import { type FileIndex, indexFiles } from "./file-index.ts";
import { readSource, readZippedCsv } from "./source-text.ts";

const reportsName = /^grounded_reports_.*\.json$/;
const authorsCsvName = /_separated\.csv$/;
const masterTableNames = ["master_table.csv", "master_table.csv.zip"];

/** Whether a file of this name makes its folder a data set. */
export function isDatasetFile(name: string): boolean {
  return reportsName.test(name) || authorsCsvName.test(name);
}

export interface OpenOptions {
  /** Folder of the images; the data set's own folder when absent. */
  readonly imagesDir?: string;
}

/** The files that make up a data set. */
interface Layout {
  readonly root: string;
  /** The release's JSON, or undefined when the CSVs are the data set. */
  readonly reports: string | undefined;
  /** The authors' CSVs: the data set, or beside the JSON something to compare with. */
  readonly csvs: readonly string[];
  readonly masterTable: string | undefined;
  readonly files: FileIndex;
}

function pathsNamed(files: FileIndex, isWanted: (name: string) => boolean): string[] {
  return [...files].flatMap(([name, paths]) => (isWanted(name) ? paths : []));
}

/** @throws DataError when there are several: no file is better than the other by its place */
function onlyOne(paths: readonly string[], what: string): string | undefined {
  if (paths.length < 2) return paths[0];
  throw new DataError(`There are several ${what}.`, {
    where: dirname(paths[0]!),
    expected: "one",
    found: paths.join(", "),
    remedy: "Remove the others, or name a narrower folder.",
  });
}

function findMasterTable(files: FileIndex): string | undefined {
  for (const name of masterTableNames) {
    const found = onlyOne(files.get(name) ?? [], `files ${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function layoutOfFolder(root: string): Promise<Layout> {
  const files = await indexFiles(root);
  const found = pathsNamed(files, (name) => reportsName.test(name));
  const reports = onlyOne(found, "files grounded_reports_*.json");
  const csvs = pathsNamed(files, (name) => authorsCsvName.test(name)).sort();
  if (reports === undefined && csvs.length === 0) {
    throw new DataError("This folder holds no data set.", {
      where: root,
      expected: "grounded_reports_*.json (PadChest-GR) or *_separated.csv (the authors' files) in it or below",
      found: "neither",
      remedy: "Name the data set's folder, or the CSV files themselves.",
    });
  }
  return { root, reports, csvs, masterTable: findMasterTable(files), files };
}

/** CSV files, or one JSON file, named one by one; master table and images are looked for in the folder they share. */
async function layoutOfFiles(paths: readonly string[]): Promise<Layout> {
  const folders = new Set(paths.map((path) => dirname(resolve(path))));
  const json = paths.filter((path) => extname(path) === ".json");
  if (folders.size > 1 || json.length > 1 || (json.length === 1 && paths.length > 1)) {
    throw new UsageError("These files are not one data set.", {
      where: paths.join(", "),
      expected: "one folder, one JSON file, or CSV files that share a folder",
    });
  }
  const root = dirname(paths[0]!);
  const files = await indexFiles(root);
  return { root, reports: json[0], csvs: json.length > 0 ? [] : paths, masterTable: findMasterTable(files), files };
}

async function findLayout(paths: readonly string[]): Promise<Layout> {
  const isFolder = await Promise.all(
    paths.map(async (path) => {
      try {
        return (await stat(path)).isDirectory();
      } catch (error) {
        const remedy = "Check the path.";
        throw new DataError("There is no such file or folder.", { where: path, remedy }, { cause: error });
      }
    }),
  );
  if (paths.length === 1 && isFolder[0]) return layoutOfFolder(paths[0]!);
  if (paths.length > 0 && !isFolder.includes(true)) return layoutOfFiles(paths);
  throw new UsageError("This is not one data set.", {
    where: paths.length === 0 ? "no path" : paths.join(", "),
    expected: "one folder, or CSV files that share a folder",
  });
}

async function readCsvs(paths: readonly string[], problems: Problem[]) {
  const sources: SourceFile[] = [];
  const studies: Study[] = [];
  for (const path of paths) {
    const { source, content } = await readSource(path, authorsCsvReader(basename(path), problems));
    sources.push(source);
    for (const study of content) studies.push(study);
  }
  return { sources, studies };
}

/** The CSVs beside a release are not its data: whatever is wrong with them is one warning. */
async function compareWithCsvs(studies: readonly Study[], csvs: readonly string[]): Promise<Problem[]> {
  try {
    return compareCounts(studies, (await readCsvs(csvs, [])).studies);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return [problem("csv-disagrees", error.parts.where, "The CSV file beside the JSON cannot be read.")];
  }
}

async function readStudies({ root, reports, csvs, masterTable }: Layout, problems: Problem[]) {
  const sources: SourceFile[] = [];
  let studies: Study[];
  if (reports === undefined) {
    const read = await readCsvs(csvs, problems);
    sources.push(...read.sources);
    studies = read.studies;
  } else {
    const { source, content } = await readSource(reports, reportsReader(basename(reports), problems));
    sources.push(source);
    studies = content;
  }
  if (masterTable === undefined) {
    problems.push(
      problem("no-master-table", root, "There is no master table: patients and release splits are unknown."),
    );
  } else {
    const read = masterTable.endsWith(".zip") ? readZippedCsv : readSource;
    const { source, content } = await read(masterTable, masterTableReader(basename(masterTable), problems));
    sources.push(source);
    studies = joinMasterTable(studies, content, problems);
  }
  if (reports !== undefined) problems.push(...compareWithPublished(studies, basename(reports)));
  if (reports !== undefined && csvs.length > 0) problems.push(...(await compareWithCsvs(studies, csvs)));
  return { studies, sources };
}

/** The folder of the release that holds the images of prior studies; they are no study's own. */
const priorFolder = /prior_studies/i;

/** Where images are, by file name: as files, and within archives where no file has the name. */
interface ImageIndex {
  readonly files: FileIndex;
  readonly members: ReadonlyMap<string, readonly ZipMember[]>;
}

/** A film may be there as the DICOM file that its PNG was made from. */
function namesOf(imageId: string): readonly string[] {
  const name = imageId.replace(/\.[^.]+$/, "");
  return [imageId, `${name}.dcm`, `${name}.dicom`];
}

function sourcesOf(imageId: string, { files, members }: ImageIndex, isPrior: boolean): readonly ImageSource[] {
  const names = namesOf(imageId);
  const found = [files, members].flatMap((index) => names.map((name): readonly ImageSource[] => index.get(name) ?? []));
  const first = found.find((sources) => sources.length > 0) ?? [];
  const inPlace = first.filter((source) => priorFolder.test(sourceName(source)) === isPrior);
  return inPlace.length > 0 ? inPlace : first;
}

function placeImages(studies: readonly Study[], index: ImageIndex, problems: Problem[]): Study[] {
  const ambiguous = new Map<string, readonly ImageSource[]>();
  const placed = studies.map((study) => {
    const sources = sourcesOf(study.imageId, index, false);
    if (sources.length > 1) ambiguous.set(study.imageId, sources);
    const own = { ...study, imagePath: sources[0] };
    if (study.prior === undefined) return own;
    const [priorPath] = sourcesOf(study.prior.imageId, index, true);
    return { ...own, prior: { ...study.prior, imagePath: priorPath } };
  });
  for (const [imageId, sources] of ambiguous) {
    const what = `${sources.length} files have this name; ${sourceName(sources[0]!)} is used.`;
    problems.push(problem("ambiguous-image", `image ${imageId}`, what));
  }
  return placed;
}

/** Looks into archives only where some image is not there as a file. */
async function indexImages(studies: readonly Study[], files: FileIndex, problems: Problem[]): Promise<ImageIndex> {
  const isThere = (imageId: string) => namesOf(imageId).some((name) => files.has(name));
  const isComplete = studies.every(
    ({ imageId, prior }) => isThere(imageId) && (prior === undefined || isThere(prior.imageId)),
  );
  return { files, members: isComplete ? new Map() : await indexArchives(files, problems) };
}

/**
 * Opens PadChest-GR's release (a folder, or its JSON file) or the authors' CSVs (the files, or a folder without the
 * release's JSON), joins the master table and finds every image by its name, in whatever folder or archive it lies. Archives may still be
 * in the parts of the download (`PadChest_GR.zip.001`, …); they are read in place.
 * @throws DataError when nothing is found or a file as a whole cannot be read; UsageError for paths that are no one
 * data set. What is wrong with single records is in `problems`.
 */
export async function openDataset(
  paths: string | readonly string[],
  { imagesDir }: OpenOptions = {},
): Promise<Dataset> {
  const layout = await findLayout(typeof paths === "string" ? [paths] : paths);
  const problems: Problem[] = [];
  const { studies: read, sources } = await readStudies(layout, problems);
  const files = imagesDir === undefined ? layout.files : await indexFiles(imagesDir);
  const studies = placeImages(read, await indexImages(read, files, problems), problems);
  return { name: basename(resolve(layout.root)), studies, problems, sources };
}
