/** A CSV file, plain or inside a zip archive, as records by column name. */
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { CsvError, parse } from "csv-parse/sync";
import { fromBufferPromise } from "yauzl";
import { DataError } from "../../base/errors.ts";
import { fileErrorCode } from "../../base/node/files.ts";
import { sha256 } from "../../base/node/hash.ts";

export interface Table {
  /** Every cell is text: IDs keep all their digits. */
  readonly records: readonly Readonly<Record<string, string>>[];
  /** Of the file as it lies there. */
  readonly sha256: string;
}

/** @throws DataError when the file cannot be read */
export async function readBytes(path: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    throw new DataError("The file cannot be read.", { where: path, found: fileErrorCode(error) ?? "unknown" });
  });
}

/** The first CSV in an archive. */
async function unzipCsv(zip: Buffer, path: string): Promise<Buffer> {
  try {
    const archive = await fromBufferPromise(zip, { lazyEntries: true });
    for await (const entry of archive.eachEntry()) {
      if (!entry.fileName.endsWith(".csv") || entry.fileName.startsWith("__MACOSX/")) continue;
      return await buffer(await archive.openReadStreamPromise(entry));
    }
  } catch (error) {
    throw new DataError("The archive cannot be read.", { where: path, remedy: "Copy it again." }, { cause: error });
  }
  throw new DataError("The archive holds no CSV file.", { where: path });
}
/**
 * Quoted cells may hold commas, quotes and line breaks; a byte-order mark is ignored.
 * @throws DataError naming the line that is not CSV
 */
export async function readTable(path: string): Promise<Table> {
  const bytes = await readBytes(path);
  const csv = path.endsWith(".zip") ? await unzipCsv(bytes, path) : bytes;
  try {
    const records = parse(csv, { columns: true, bom: true, skip_empty_lines: true }) as Record<string, string>[];
    return { records, sha256: sha256(bytes) };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === "number" ? `, line ${error.lines}` : "";
    throw new DataError("The file is not CSV as its first line promises.", {
      where: `${path}${line}`,
      found: error.code,
      remedy: "Check the quotes and the number of cells of this line.",
    });
  }
}
