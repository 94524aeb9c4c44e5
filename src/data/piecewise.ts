/** Reading a file piece by piece, as it comes from a disk, an archive or a network: memory holds one piece and the result. */
import { DataError } from "../base/errors.ts";

/** Takes a file's bytes in pieces of any size. Both functions throw `DataError`s about the file as a whole. */
export interface PiecewiseReader<T> {
  push(bytes: Uint8Array): void;
  /** The result, once after the last piece. */
  end(): T;
}

/** Bytes that are given to a reader at once where a whole text is there already. */
const pieceLength = 2 ** 20;

/** Reads a text that is in memory. */
export function readWhole<T>(reader: PiecewiseReader<T>, text: string): T {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += pieceLength) reader.push(bytes.subarray(at, at + pieceLength));
  return reader.end();
}

/** What is said of bytes that are no UTF-8. */
export function notUtf8(where: string, cause: unknown): DataError {
  return new DataError(
    "The file is no UTF-8 text.",
    { where, expected: "UTF-8", found: "other bytes", remedy: "Save it as UTF-8, or get it again." },
    { cause },
  );
}
