/** From one format of boxes to another, on disk. */
import { lstat, readdir, readFile, stat } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { setImmediate } from "node:timers/promises";
import { DataError } from "../../base/errors.ts";
import { fileErrorCode } from "../../base/node/files.ts";
import {
  comparedTogether,
  type Films,
  type Format,
  type FormatName,
  formats,
  type Loss,
  LossCounter,
  wholeTexts,
} from "../formats/index.ts";
import { type Problem, problem } from "../problems.ts";
import type { Study } from "../vocabulary.ts";
import { detectFormat } from "./detect-format.ts";
import { FilmFolder } from "./film-folder.ts";
import { openDataset } from "./open-dataset.ts";
import { OutputFolder } from "./output-folder.ts";
import { decodeUtf8 } from "./source-text.ts";

export interface ConvertOptions {
  /** Folder or file to read. */
  readonly from: string;
  /**
   * Its format; `dataset` finds PadChest-GR's release or the authors' files as every command does, `auto` looks into the
   * files.
   */
  readonly fromFormat: FormatName | "dataset" | "auto";
  /** Folder to write. */
  readonly to: string;
  readonly toFormat: FormatName;
  /** Folder of the films; the folder that is read when absent. */
  readonly imagesDir?: string;
  /** Aborted when nothing shall be written any more; once all is written and files take their places, it is finished. */
  readonly signal?: AbortSignal;
}

export interface ConvertOutcome {
  /** The format that was read. */
  readonly from: FormatName | "dataset";
  readonly studies: number;
  /** How many files were written. */
  readonly files: number;
  /** What the new format cannot hold, found by reading it back. */
  readonly losses: readonly Loss[];
  readonly problems: readonly Problem[];
}

/** Most bytes of one text: what a JavaScript string can hold, with room to spare. */
const mostTextBytes = 400 * 1024 * 1024;

async function readText(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > mostTextBytes) {
    throw new DataError("The file is too large to be read as one text.", {
      where: path,
      expected: `at most ${mostTextBytes} bytes`,
      found: `${size} bytes`,
      remedy: "Cut it into several files.",
    });
  }
  return decodeUtf8(await readFile(path), path).replace(/^\uFEFF/, "");
}

/** The texts of a format in a folder and below, or the one that is named. Symbolic links are not followed. */
async function readTexts(path: string, endings: readonly string[]): Promise<Map<string, string>> {
  try {
    if (!(await stat(path)).isDirectory()) return new Map([[basename(path), await readText(path)]]);
    const texts = new Map<string, string>();
    for (const name of (await readdir(path, { recursive: true })).sort()) {
      if (!endings.some((ending) => name.toLowerCase().endsWith(ending))) continue;
      const file = join(path, name);
      if ((await lstat(file)).isFile()) texts.set(relative(path, file).split(sep).join("/"), await readText(file));
    }
    return texts;
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === undefined) throw error;
    const parts = { where: path, found: code, remedy: "Check the path and its permissions." };
    throw new DataError("The files cannot be read.", parts, { cause: error });
  }
}

/** A name that stays within its folder on every system. */
function isSafeName(name: string): boolean {
  return !/[/\\:]|^\.{0,2}$|\p{Cc}/u.test(name);
}

async function readStudies(
  { from, imagesDir, signal }: ConvertOptions,
  fromFormat: FormatName | "dataset",
  films: FilmFolder,
  problems: Problem[],
): Promise<readonly Study[]> {
  if (fromFormat === "dataset") {
    const dataset = await openDataset(from, imagesDir === undefined ? {} : { imagesDir });
    signal?.throwIfAborted();
    problems.push(...dataset.problems);
    return dataset.studies;
  }
  const format = formats[fromFormat];
  if (format.needsSizes) await films.measure(undefined, problems, signal);
  return format.read(await readTexts(from, format.endings), films, problems);
}

/** Aborts and lets other work of this process happen, such as hearing a Ctrl-C. */
async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  signal?.throwIfAborted();
}

/** What the format loses of the studies: a part at a time is written, in memory, and read back. */
async function findLosses(format: Format, studies: readonly Study[], films: Films, signal: AbortSignal | undefined) {
  const counter = new LossCounter();
  for (const part of comparedTogether(studies, films)) {
    await breathe(signal);
    const texts = wholeTexts(format.write(part, films, []));
    counter.add(part, texts.size === 0 ? [] : format.read(texts, films, []));
  }
  return counter.losses();
}

/**
 * Reads boxes in one format and writes them in another. Films are neither copied nor changed. Memory holds the studies,
 * and of the written text a piece.
 * @throws DataError when the input cannot be read or the output not be written; UsageError when its format is not clear,
 * or another conversion to the same folder is at work; what the signal says when it is aborted: then nothing is written
 */
export async function convertDataset(options: ConvertOptions): Promise<ConvertOutcome> {
  const { signal } = options;
  const problems: Problem[] = [];
  const from = options.fromFormat === "auto" ? await detectFormat(options.from) : options.fromFormat;
  await using output = await OutputFolder.open(options.to);
  const films = await FilmFolder.open(options.imagesDir ?? options.from, problems);
  const read = await readStudies(options, from, films, problems);
  const studies = read.filter(({ studyId, imageId }) => {
    if (isSafeName(imageId)) return true;
    problems.push(problem("unsafe-name", `study ${studyId}`, "Its image's name cannot be a file's; it is left out."));
    return false;
  });
  const format = formats[options.toFormat];
  if (format.needsSizes)
    await films.measure(
      studies.map(({ imageId }) => imageId),
      problems,
      signal,
    );
  await output.write(format.write(studies, films, problems), signal);
  const losses = await findLosses(format, studies, films, signal);
  signal?.throwIfAborted();
  await output.publish();
  return { from, studies: studies.length, files: output.files, losses, problems };
}
