/** What a box format is: texts in, studies out, and back. One file a format, one row each in the table of `index.ts`. */
import type { ImageSize } from "../../images/index.ts";
import type { Problem } from "../problems.ts";
import type { Study } from "../vocabulary.ts";

/** Texts by their path below the folder that was read or will be written, with `/`. */
export type TextFiles = ReadonlyMap<string, string>;

/**
 * A piece of a text that is written. The pieces of a file come in order and next to each other; `whole` says that this one is
 * all of it, and takes the place of an earlier file of the same path.
 */
export type TextPiece = readonly [path: string, text: string, whole?: "whole"];

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
  /** Endings of the files that hold it, for reading a folder. */
  readonly endings: readonly string[];
  /** Whether boxes can be written and read only with the films' sizes. */
  readonly needsSizes: boolean;
  /**
   * The studies in the texts, without image path. What cannot be read is a problem.
   * @throws DataError for a text that is as a whole not of the format
   */
  read(files: TextFiles, films: Films, problems: Problem[]): Study[];
  /**
   * The texts that hold as much of the studies as the format can, piece by piece, of a study each. Films of unknown size are
   * left out, with a problem.
   */
  write(studies: readonly Study[], films: Films, problems: Problem[]): Iterable<TextPiece>;
}

/** The whole texts, for few studies. */
export function wholeTexts(pieces: Iterable<TextPiece>): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [path, text, whole] of pieces)
    texts.set(path, whole === undefined ? (texts.get(path) ?? "") + text : text);
  return texts;
}

/** Each item turned into something else when its turn comes. */
export function* mapped<T, U>(items: Iterable<T>, map: (item: T) => U): Generator<U> {
  for (const item of items) yield map(item);
}
