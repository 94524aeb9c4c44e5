/** Text files of a data set, plain or within a zip archive, with the hash that names this version of them. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { DataError } from "../../base/errors.ts";
import { fileErrorCode } from "../../base/node/files.ts";
import type { SourceFile } from "../dataset.ts";
import type { PiecewiseReader } from "../piecewise.ts";

/** What a reader made of a file, and the file's name and hash. */
export interface ReadSource<T> {
  readonly source: SourceFile;
  readonly content: T;
}

/** Most bytes of a table within a zip: the release's has 3 MB unpacked or so, a zip bomb has more than this. */
const mostTableBytes = 512 * 1024 * 1024;
/** Bytes that are read at once; between two pieces a Ctrl-C is heard. */
const pieceBytes = 2 ** 18;

/** @throws DataError when the file cannot be read */
async function* piecesOf(path: string, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  try {
    for await (const piece of createReadStream(path, { highWaterMark: pieceBytes })) {
      signal?.throwIfAborted();
      yield piece;
    }
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === undefined) throw error;
    throw new DataError(
      "The file cannot be read.",
      { where: path, found: code, remedy: "Check the path and its permissions." },
      { cause: error },
    );
  }
}

/**
 * Reads a file piece by piece.
 * @throws DataError when it cannot be read, and as the reader does; what the signal says when it is aborted
 */
export async function readSource<T>(
  path: string,
  reader: PiecewiseReader<T>,
  signal?: AbortSignal,
): Promise<ReadSource<T>> {
  const hash = createHash("sha256");
  for await (const piece of piecesOf(path, signal)) {
    hash.update(piece);
    reader.push(piece);
  }
  return { source: { file: basename(path), sha256: hash.digest("hex") }, content: reader.end() };
}

/** The only CSV in an archive; undefined when there is none, more than one, or one of absurd size. */
async function onlyCsv(zip: ZipFile): Promise<Entry | undefined> {
  const tables: Entry[] = [];
  for await (const entry of zip.eachEntry()) {
    const isResourceFork = entry.fileName.startsWith("__MACOSX/");
    if (/\.csv$/i.test(entry.fileName) && !isResourceFork) tables.push(entry);
  }
  const [table] = tables;
  return tables.length > 1 || (table?.uncompressedSize ?? 0) > mostTableBytes ? undefined : table;
}

/**
 * Reads the CSV within a zip archive piece by piece; the hash is the archive's.
 * @throws DataError when it is no archive with exactly one CSV of a sane size, and as the reader does
 */
export async function readZippedCsv<T>(
  path: string,
  reader: PiecewiseReader<T>,
  signal?: AbortSignal,
): Promise<ReadSource<T>> {
  const hash = createHash("sha256");
  for await (const piece of piecesOf(path, signal)) hash.update(piece);
  try {
    const zip = await openPromise(path, { lazyEntries: true, autoClose: false });
    try {
      const table = await onlyCsv(zip);
      if (table === undefined) throw refusedArchive(path, "none, several, or one of absurd size");
      for await (const piece of await zip.openReadStreamPromise(table)) {
        signal?.throwIfAborted();
        reader.push(piece as Buffer);
      }
    } finally {
      zip.close();
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof DataError) throw error;
    throw refusedArchive(path, error instanceof Error ? error.message : "something else", error);
  }
  return { source: { file: basename(path), sha256: hash.digest("hex") }, content: reader.end() };
}

function refusedArchive(path: string, found: string, cause?: unknown): DataError {
  return new DataError(
    "The archive cannot be used.",
    { where: path, expected: "a zip file with one .csv in it", found, remedy: "Get it again, or unpack it." },
    { cause },
  );
}
