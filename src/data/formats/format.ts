/** What a box format is: texts in, studies out, and back. One file a format, one row each in the table of `index.ts`. */

import { DataError } from "../../base/errors.ts";
import type { ImageSize } from "../../images/index.ts";
import type { Studies } from "../compact/studies.ts";
import { type PiecewiseReader, readWhole } from "../piecewise.ts";
import type { Problem } from "../problems.ts";
import type { Study } from "../vocabulary.ts";

/** Texts by their path below the folder that was read or will be written, with `/`. */
export type TextFiles = ReadonlyMap<string, string>;

/**
 * A piece of a text that is written. The pieces of a file come in order and next to each other; `whole` says that this one is
 * all of it, and takes the place of an earlier file of the same path; its text may be made only when it is needed.
 */
export type TextPiece =
  | readonly [path: string, text: string]
  | readonly [path: string, text: string | (() => string), whole: "whole"];

/** What a format cannot know of the films its texts speak of. */
export interface Films {
  /** Width and height of a film in pixels; undefined when there is no such film. */
  sizeOf(imageId: string): ImageSize | undefined;
  /** The film's file name for a name that may lack folder and extension; the name itself when there is no such film. */
  resolve(name: string): string;
}

export interface Format {
  /** How boxes are written, in one sentence; for the guide and the help. */
  readonly coordinates: string;
  /** Endings of the files that hold it, for reading a folder; the first is that of the studies. */
  readonly endings: readonly string[];
  /** Whether boxes can be written and read only with the films' sizes. */
  readonly needsSizes: boolean;
  /** Begins to read: files come one after the other, each in pieces. What cannot be read is a problem. */
  reader(films: Films, problems: Problem[]): FormatReader;
  /**
   * The texts that hold as much of the studies as the format can, piece by piece, of a study each. Films of unknown size are
   * left out, with a problem.
   */
  write(studies: Studies, films: Films, problems: Problem[]): Iterable<TextPiece>;
}

export interface FormatReader {
  /**
   * The reader of a file, whose text is shown to it as bytes; undefined for one that holds nothing of the format. It throws a
   * DataError for a text that is as a whole not of the format.
   */
  open(path: string): PiecewiseReader<void> | undefined;
  /** The studies of all files, without image path. */
  end(): Iterable<Study>;
}

/** What is said where no file has the format's ending. */
export function noSuchFile(format: Format): DataError {
  return new DataError("There is no file of this format.", {
    where: "the folder or file that was named",
    expected: `a file *${format.endings[0]}`,
    found: "none",
    remedy: "Check the path and --from.",
  });
}

/** Whether a file holds the format's studies, rather than something beside them. */
export function isOwnFile(format: Format, path: string): boolean {
  return path.toLowerCase().endsWith(format.endings[0]!);
}

/**
 * The studies in texts that are in memory.
 * @throws DataError for a text that is as a whole not of the format, or when there is none
 */
export function readTexts(format: Format, files: TextFiles, films: Films, problems: Problem[]): Study[] {
  const reader = format.reader(films, problems);
  if (![...files.keys()].some((path) => isOwnFile(format, path))) throw noSuchFile(format);
  for (const [path, text] of files) {
    const file = reader.open(path);
    if (file !== undefined) readWhole(file, text);
  }
  return [...reader.end()];
}

export function textOf(text: string | (() => string)): string {
  return typeof text === "string" ? text : text();
}

/** The whole texts, for few studies. */
export function wholeTexts(pieces: Iterable<TextPiece>): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [path, text, whole] of pieces)
    texts.set(path, whole === undefined ? (texts.get(path) ?? "") + text : textOf(text));
  return texts;
}

/** Each item turned into something else when its turn comes. */
export function* mapped<T, U>(items: Iterable<T>, map: (item: T) => U): Generator<U> {
  for (const item of items) yield map(item);
}
