/** From one format of boxes to another, on disk. */
import { lstat, readdir, readFile, stat } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { DataError } from "../../base/errors.ts";
import { fileErrorCode, writeFileAtomic } from "../../base/node/files.ts";
import type { ImageSize, ImageSource } from "../../images/index.ts";
import { readFilmHeader } from "../../images/node/index.ts";
import { stem } from "../formats/annotations.ts";
import { type Films, type FormatName, formats, type Loss, lossesOf, type TextFiles } from "../formats/index.ts";
import { type Problem, problem } from "../problems.ts";
import type { Study } from "../vocabulary.ts";
import { indexArchives } from "./archives.ts";
import { detectFormat } from "./detect-format.ts";
import { indexFiles } from "./file-index.ts";
import { openDataset } from "./open-dataset.ts";
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
  /** Aborted when nothing shall be written any more; once writing has begun, it is finished. */
  readonly signal?: AbortSignal;
}

export interface ConvertOutcome {
  /** The format that was read. */
  readonly from: FormatName | "dataset";
  readonly studies: number;
  readonly files: readonly string[];
  /** What the new format cannot hold, found by reading it back. */
  readonly losses: readonly Loss[];
  readonly problems: readonly Problem[];
}

/** Most bytes of one text: what a JavaScript string can hold, with room to spare. */
const mostTextBytes = 400 * 1024 * 1024;
const imageEndings = [".png", ".jpg", ".jpeg", ".dcm", ".dicom"];

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

/** The films in a folder: where they are, under which names, and how large. */
class FilmFolder implements Films {
  readonly #sources: ReadonlyMap<string, ImageSource>;
  readonly #byStem: ReadonlyMap<string, string>;
  readonly #sizes = new Map<string, ImageSize>();

  private constructor(sources: ReadonlyMap<string, ImageSource>) {
    this.#sources = sources;
    this.#byStem = new Map([...sources.keys()].reverse().map((name) => [stem(name), name]));
  }

  static async open(folder: string, problems: Problem[]): Promise<FilmFolder> {
    const root = (await stat(folder).catch(() => undefined))?.isFile() ? join(folder, "..") : folder;
    const files = await indexFiles(root);
    const isImage = (name: string) => imageEndings.some((ending) => name.toLowerCase().endsWith(ending));
    const sources = new Map<string, ImageSource>();
    for (const [name, paths] of files) if (isImage(name)) sources.set(name, paths[0]!);
    for (const [name, [member]] of await indexArchives(files, problems))
      if (!sources.has(name)) sources.set(name, member!);
    return new FilmFolder(sources);
  }

  resolve(name: string): string {
    const base = name.slice(name.lastIndexOf("/") + 1);
    return this.#sources.has(base) ? base : (this.#byStem.get(stem(base)) ?? this.#byStem.get(base) ?? base);
  }

  sizeOf(imageId: string): ImageSize | undefined {
    return this.#sizes.get(imageId);
  }

  /** Reads the sizes of these films, or of all. Films that cannot be read have none, with a problem. */
  async measure(names: Iterable<string> | undefined, problems: Problem[], signal?: AbortSignal): Promise<void> {
    for (const name of names ?? this.#sources.keys()) {
      signal?.throwIfAborted();
      const source = this.#sources.get(name);
      if (source === undefined || this.#sizes.has(name)) continue;
      try {
        const { width, height } = await readFilmHeader(source);
        this.#sizes.set(name, { width, height });
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        problems.push(problem("broken-image", `image ${name}`, error.what));
      }
    }
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
    problems.push(...dataset.problems);
    return dataset.studies;
  }
  const format = formats[fromFormat];
  if (format.needsSizes) await films.measure(undefined, problems, signal);
  return format.read(await readTexts(from, format.endings), films, problems);
}

async function writeTexts(folder: string, texts: TextFiles): Promise<void> {
  for (const [path, text] of texts) await writeFileAtomic(join(folder, path), text);
}

/**
 * Reads boxes in one format and writes them in another. Films are neither copied nor changed.
 * @throws DataError when the input cannot be read or the output not be written; UsageError when its format is not clear
 */
export async function convertDataset(options: ConvertOptions): Promise<ConvertOutcome> {
  const problems: Problem[] = [];
  const from = options.fromFormat === "auto" ? await detectFormat(options.from) : options.fromFormat;
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
      options.signal,
    );
  const texts = format.write(studies, films, problems);
  const readBack = texts.size === 0 ? [] : format.read(texts, films, []);
  options.signal?.throwIfAborted();
  await writeTexts(options.to, texts);
  return { from, studies: studies.length, files: [...texts.keys()], losses: lossesOf(studies, readBack), problems };
}
