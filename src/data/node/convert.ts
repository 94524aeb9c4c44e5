/** From one format of boxes to another, on disk. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { breathe } from "../../base/breathe.ts";
import { InterruptedError } from "../../base/errors.ts";
import { mostBoxesOfFilm } from "../box-values.ts";
import { PackedStudies } from "../compact/studies.ts";
import { mapped } from "../formats/format.ts";
import {
  comparedTogether,
  type Films,
  type Format,
  type FormatName,
  formats,
  isOwnFile,
  type Loss,
  LossCounter,
  lossCountsSchema,
  noSuchFile,
  readTexts,
  wholeTexts,
} from "../formats/index.ts";
import { type Problem, problem } from "../problems.ts";
import type { Study } from "../vocabulary.ts";
import { detectFormat } from "./detect-format.ts";
import { filesBelow } from "./files-below.ts";
import { FilmFolder } from "./film-folder.ts";
import { openPacked } from "./open-dataset.ts";
import { OutputFolder } from "./output-folder.ts";
import { readSource } from "./source-text.ts";

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
  /** Version of the program: another one's half output is not continued. */
  readonly program?: string;
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
  /** Whether some of it was there from a conversion that was stopped. */
  readonly isContinued: boolean;
}

/** Studies between two looks at the signal. */
const studiesBetweenLooks = 4096;
/** Parts of the comparison after which the journal notes how far it is. */
const partsBetweenNotes = 8;

/** A name that stays within its folder on every system. */
function isSafeName(name: string): boolean {
  return !/[/\\:]|^\.{0,2}$|\p{Cc}/u.test(name);
}

async function readStudies(
  { from, imagesDir, signal }: ConvertOptions,
  fromFormat: FormatName | "dataset",
  films: FilmFolder,
  problems: Problem[],
): Promise<Iterable<Study>> {
  if (fromFormat === "dataset") {
    const { studies, problems: found } = await openPacked(from, {
      ...(imagesDir === undefined ? {} : { imagesDir }),
      ...(signal === undefined ? {} : { signal }),
    });
    for (const one of found) problems.push(one);
    return studies.drain();
  }
  const format = formats[fromFormat];
  if (format.needsSizes) await films.measure(undefined, problems, signal);
  const reader = format.reader(films, problems);
  const files = await filesBelow(from, format.endings);
  if (!files.some(([name]) => isOwnFile(format, name))) throw noSuchFile(format);
  for (const [name, file] of files) {
    const into = reader.open(name);
    if (into !== undefined) await readSource(file, into, signal);
  }
  return reader.end();
}

/** What speaks against writing a study, if anything does. */
function refusal({ studyId, imageId, findings }: Study): Problem | undefined {
  if (!isSafeName(imageId)) {
    return problem("unsafe-name", `study ${studyId}`, "Its image's name cannot be a file's; it is left out.");
  }
  const boxes = findings.reduce((sum, own) => sum + own.boxes.length + own.extraBoxes.length, 0);
  if (boxes <= mostBoxesOfFilm) return undefined;
  return problem("bad-boxes", `study ${studyId}`, `It has ${boxes} boxes, more than any film has; it is left out.`);
}

/** The studies that can be written. */
async function safeStudies(read: Iterable<Study>, problems: Problem[], signal: AbortSignal | undefined) {
  const studies = new PackedStudies();
  for (const study of read) {
    const refused = refusal(study);
    if (refused === undefined) studies.add(study);
    else problems.push(refused);
    if (studies.length % studiesBetweenLooks === 0) await breathe(signal);
  }
  return studies;
}

/** Names everything that decides what is written and what of it is lost: equal subjects, equal bytes. */
async function subjectOf(
  { toFormat, program = "" }: ConvertOptions,
  studies: PackedStudies,
  films: FilmFolder,
  signal: AbortSignal | undefined,
): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([program, toFormat]));
  for (const name of films.names()) hash.update(`${JSON.stringify(name)}\n`);
  let count = 0;
  for (const study of studies) {
    const size = films.sizeOf(study.imageId);
    hash.update(`${JSON.stringify([{ ...study, imagePath: undefined }, size?.width, size?.height])}\n`);
    if (++count % studiesBetweenLooks === 0) await breathe(signal);
  }
  return `a conversion to ${toFormat}, ${hash.digest("hex")}`;
}

const comparedSchema = z.object({ parts: z.number(), counts: lossCountsSchema });

/** What the format loses of the studies: a part at a time is written, in memory, and read back. */
async function findLosses(
  format: Format,
  studies: PackedStudies,
  films: Films,
  output: OutputFolder,
  signal: AbortSignal | undefined,
): Promise<readonly Loss[]> {
  const counter = new LossCounter();
  const before = comparedSchema.safeParse(output.state).data;
  if (before !== undefined) counter.counts = before.counts;
  let parts = 0;
  let noted = before?.parts ?? 0;
  const note = async () => {
    if (parts > noted) await output.note({ parts, counts: counter.counts });
    noted = Math.max(parts, noted);
  };
  for (const part of comparedTogether(studies, films)) {
    if (signal?.aborted === true) await note();
    await breathe(signal);
    if (++parts <= noted) continue;
    const texts = wholeTexts(format.write(part, films, []));
    counter.add(part, texts.size === 0 ? [] : readTexts(format, texts, films, []));
    if (parts % partsBetweenNotes === 0) await note();
  }
  await note();
  return counter.losses();
}

/**
 * Reads boxes in one format and writes them in another. Films are neither copied nor changed. Memory holds the studies as bytes,
 * and of the written text a piece. A conversion that was killed or stopped goes on where it was when the same studies, films and
 * format come again.
 * @throws DataError when the input cannot be read or the output not be written; UsageError when its format is not clear,
 * or another conversion to the same folder is at work; InterruptedError when the signal is aborted: the output folder is then as
 * it was before
 */
export async function convertDataset(options: ConvertOptions): Promise<ConvertOutcome> {
  const { signal } = options;
  await using output = await OutputFolder.open(options.to);
  try {
    return await convertInto(output, options);
  } catch (error) {
    if (signal?.aborted !== true) throw error;
    output.keep();
    throw new InterruptedError("The conversion was interrupted; its output folder is as it was before.", {
      where: options.to,
      remedy: "Run the same command again: it goes on where it stopped.",
    });
  }
}

async function convertInto(output: OutputFolder, options: ConvertOptions): Promise<ConvertOutcome> {
  const { signal } = options;
  const problems: Problem[] = [];
  const from = options.fromFormat === "auto" ? await detectFormat(options.from) : options.fromFormat;
  const films = await FilmFolder.open(options.imagesDir ?? options.from, problems, signal);
  const studies = await safeStudies(await readStudies(options, from, films, problems), problems, signal);
  for (const { imageId } of studies) films.takeName(imageId);
  const format = formats[options.toFormat];
  if (format.needsSizes)
    await films.measure(
      mapped(studies, ({ imageId }) => imageId),
      problems,
      signal,
    );
  await output.begin(await subjectOf(options, studies, films, signal));
  const { isContinued } = output;
  await output.write(format.write(studies, films, problems), signal);
  const losses = await findLosses(format, studies, films, output, signal);
  signal?.throwIfAborted();
  await output.publish();
  return { from, studies: studies.length, files: output.files, losses, problems, isContinued };
}
