/** Text files of a data set, plain or within a zip archive, with the hash that names this version of them. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { buffer } from "node:stream/consumers";
import { fromBufferPromise } from "yauzl";
import { DataError } from "../../base/errors.ts";
import { fileErrorCode } from "../../base/node/files.ts";
import { sha256 } from "../../base/node/hash.ts";
import type { SourceFile } from "../dataset.ts";

/** A text and where it came from. */
export interface SourceText extends SourceFile {
  readonly text: string;
}

/** Most bytes of a table within a zip: the release's has 3 MB unpacked or so, a zip bomb has more than this. */
const mostTableBytes = 512 * 1024 * 1024;

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
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

/** @throws DataError for other bytes */
export function decodeUtf8(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new DataError(
      "The file is no UTF-8 text.",
      { where: path, expected: "UTF-8", found: "other bytes", remedy: "Save it as UTF-8, or get it again." },
      { cause: error },
    );
  }
}

/** @throws DataError when the file cannot be read or is no UTF-8 text */
export async function readSourceText(path: string): Promise<SourceText> {
  const bytes = await readBytes(path);
  return { file: basename(path), sha256: sha256(bytes), text: decodeUtf8(bytes, path) };
}

/** The bytes of the only CSV in an archive; undefined when there is none or more than one. */
async function unpackOnlyCsv(archive: Buffer): Promise<Buffer | undefined> {
  const zip = await fromBufferPromise(archive, { lazyEntries: true });
  const tables = [];
  for await (const entry of zip.eachEntry()) {
    const isResourceFork = entry.fileName.startsWith("__MACOSX/");
    if (entry.fileName.endsWith(".csv") && !isResourceFork) tables.push(entry);
  }
  const [table] = tables;
  if (table === undefined || tables.length > 1 || table.uncompressedSize > mostTableBytes) return undefined;
  return buffer(await zip.openReadStreamPromise(table));
}

/**
 * The CSV within a zip archive; the hash is the archive's.
 * @throws DataError when it is no archive with exactly one CSV of a sane size
 */
export async function readZippedCsv(path: string): Promise<SourceText> {
  const archive = await readBytes(path);
  const refused = (found: string, cause?: unknown) =>
    new DataError(
      "The archive cannot be used.",
      { where: path, expected: "a zip file with one .csv in it", found, remedy: "Get it again, or unpack it." },
      { cause },
    );
  let table: Buffer | undefined;
  try {
    table = await unpackOnlyCsv(archive);
  } catch (error) {
    throw refused(error instanceof Error ? error.message : "something else", error);
  }
  if (table === undefined) throw refused("none, several, or one of absurd size");
  return { file: basename(path), sha256: sha256(archive), text: decodeUtf8(table, path) };
}
