/** From paths to a data set: finds the files, reads them, joins them, looks for the images. */
import { stat } from "node:fs/promises";
import { basename, dirname, extname, resolve } from "node:path";
import { breathe } from "../../base/breathe.ts";
import { DataError, UsageError } from "../../base/errors.ts";
import { authorsCsvReader } from "../authors-csv/authors-csv.ts";
import { KeyTable } from "../compact/key-table.ts";
import { PackedStudies, type Studies } from "../compact/studies.ts";
import { compareCounts, listed } from "../consistency.ts";
import type { Dataset, SourceFile } from "../dataset.ts";
import { compareWithPublished } from "../padchest-gr/published-counts.ts";
import { reportsReader } from "../padchest-gr/reports.ts";
import { joinMasterTable, type MasterTable, masterTableReader } from "../padchest-gr/split-and-patient.ts";
import { type Problem, problem } from "../problems.ts";
import { type FileIndex, indexFiles } from "./file-index.ts";
import { ImagePlaces, indexImages } from "./image-places.ts";
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
  /** Aborted when nothing shall be read any more. */
  readonly signal?: AbortSignal;
}

/** Studies between two looks at the signal. */
const studiesBetweenLooks = 4096;

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
  return [...files.names()].filter(isWanted).flatMap((name) => files.get(name) ?? []);
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

async function layoutOfFolder(root: string, signal: AbortSignal | undefined): Promise<Layout> {
  const files = await indexFiles(root, signal);
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
async function layoutOfFiles(paths: readonly string[], signal: AbortSignal | undefined): Promise<Layout> {
  const folders = new Set(paths.map((path) => dirname(resolve(path))));
  const json = paths.filter((path) => extname(path) === ".json");
  if (folders.size > 1 || json.length > 1 || (json.length === 1 && paths.length > 1)) {
    throw new UsageError("These files are not one data set.", {
      where: paths.join(", "),
      expected: "one folder, one JSON file, or CSV files that share a folder",
    });
  }
  const root = dirname(paths[0]!);
  const files = await indexFiles(root, signal);
  return { root, reports: json[0], csvs: json.length > 0 ? [] : paths, masterTable: findMasterTable(files), files };
}

async function findLayout(paths: readonly string[], signal: AbortSignal | undefined): Promise<Layout> {
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
  if (paths.length === 1 && isFolder[0]) return layoutOfFolder(paths[0]!, signal);
  if (paths.length > 0 && !isFolder.includes(true)) return layoutOfFiles(paths, signal);
  throw new UsageError("This is not one data set.", {
    where: paths.length === 0 ? "no path" : paths.join(", "),
    expected: "one folder, or CSV files that share a folder",
  });
}

async function readCsvs(paths: readonly string[], problems: Problem[], signal: AbortSignal | undefined) {
  const sources: SourceFile[] = [];
  const studies = new PackedStudies();
  for (const path of paths) {
    const { source, content } = await readSource(path, authorsCsvReader(basename(path), problems), signal);
    sources.push(source);
    for (const study of content.drain()) studies.add(study);
  }
  return { sources, studies };
}

/** The CSVs beside a release are not its data: whatever is wrong with them is one warning. */
async function compareWithCsvs(
  studies: Studies,
  csvs: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Problem[]> {
  try {
    return compareCounts(studies, (await readCsvs(csvs, [], signal)).studies);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return [problem("csv-disagrees", error.parts.where, "The CSV file beside the JSON cannot be read.")];
  }
}

/** The studies as their own files tell them. */
async function readOwnFiles({ reports, csvs }: Layout, problems: Problem[], signal: AbortSignal | undefined) {
  if (reports === undefined) return readCsvs(csvs, problems, signal);
  const { source, content } = await readSource(reports, reportsReader(basename(reports), problems), signal);
  return { sources: [source], studies: content };
}

/** What the master table adds to the studies, if there is one. */
async function readTableFor(
  studies: Studies,
  { root, masterTable }: Layout,
  problems: Problem[],
  signal: AbortSignal | undefined,
) {
  if (masterTable === undefined) {
    problems.push(
      problem("no-master-table", root, "There is no master table: patients and release splits are unknown."),
    );
    return undefined;
  }
  const read = masterTable.endsWith(".zip") ? readZippedCsv : readSource;
  const reader = masterTableReader(basename(masterTable), problems, lacksMarks(studies));
  return read(masterTable, reader, signal);
}

/** Whether some finding does not say itself whether it is positive. */
function lacksMarks(studies: Studies): boolean {
  for (const { findings } of studies) if (findings.some(({ abnormal }) => abnormal === undefined)) return true;
  return false;
}

/** Studies that only the table knows. */
function surplusOf(table: MasterTable, studies: Studies): Problem[] {
  const known = new KeyTable();
  for (const { studyId } of studies) known.add(studyId);
  const surplus = [...table.studyIds()].filter((id) => known.bitsOf(id) === 0);
  if (surplus.length === 0) return [];
  const what = `The master table has ${surplus.length} studies of which there is no report.`;
  return [problem("master-table-surplus", `studies ${listed(surplus)}`, what)];
}

/** A data set whose studies are bytes: some 0.3 kB each. */
export type PackedDataset = Omit<Dataset, "studies"> & { readonly studies: PackedStudies };

/** As `openDataset`, for sets of any size. */
export async function openPacked(
  paths: string | readonly string[],
  { imagesDir, signal }: OpenOptions = {},
): Promise<PackedDataset> {
  const layout = await findLayout(typeof paths === "string" ? [paths] : paths, signal);
  const { reports, csvs } = layout;
  const problems: Problem[] = [];
  const { studies: read, sources } = await readOwnFiles(layout, problems, signal);
  const table = await readTableFor(read, layout, problems, signal);
  const files = imagesDir === undefined ? layout.files : await indexFiles(imagesDir, signal);
  const archiveProblems: Problem[] = [];
  const places = new ImagePlaces(await indexImages(read, files, archiveProblems, signal));
  const studies = new PackedStudies(read.shared);
  for (const study of read.drain()) {
    studies.add(places.place(table === undefined ? study : joinMasterTable(study, table.content, problems)));
    if (studies.length % studiesBetweenLooks === 0) await breathe(signal);
  }
  if (reports !== undefined && table !== undefined) problems.push(...surplusOf(table.content, studies));
  if (reports !== undefined) problems.push(...compareWithPublished(studies, basename(reports)));
  if (reports !== undefined && csvs.length > 0) problems.push(...(await compareWithCsvs(studies, csvs, signal)));
  return {
    name: basename(resolve(layout.root)),
    studies,
    problems: [...problems, ...archiveProblems, ...places.problems],
    sources: table === undefined ? sources : [...sources, table.source],
  };
}

/**
 * Opens PadChest-GR's release (a folder, or its JSON file) or the authors' CSVs (the files, or a folder without the
 * release's JSON), joins the master table and finds every image by its name, in whatever folder or archive it lies. Archives may still be
 * in the parts of the download (`PadChest_GR.zip.001`, …); they are read in place.
 * @throws DataError when nothing is found or a file as a whole cannot be read; UsageError for paths that are no one
 * data set; what the signal says when it is aborted. What is wrong with single records is in `problems`.
 */
export async function openDataset(paths: string | readonly string[], options: OpenOptions = {}): Promise<Dataset> {
  const { studies, ...rest } = await openPacked(paths, options);
  return { ...rest, studies: [...studies.drain()] };
}
