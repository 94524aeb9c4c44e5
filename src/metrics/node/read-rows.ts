/** Tables of texts from files: the CSV that `generate` writes, or JSON. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { CsvError, parse } from "csv-parse/sync";
import { DataError } from "../../base/errors.ts";
import { fileErrorCode } from "../../base/node/files.ts";
import type { Rows } from "../rows.ts";

/** The text of a file. @throws DataError when it cannot be read or is no UTF-8, with the line */
async function readText(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new DataError("The file cannot be read.", { where: path, found: fileErrorCode(error) ?? "unknown" });
  });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new DataError("The file is no UTF-8 text.", {
      where: `${basename(path)}, line ${lineOfBadByte(bytes)}`,
      expected: "UTF-8",
      found: "other bytes",
      remedy: "Save it as UTF-8, or get it again.",
    });
  }
}

/** Number of the first line that is no UTF-8. */
function lineOfBadByte(bytes: Buffer): number {
  let [line, start] = [1, 0];
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    start = end + 1;
    line++;
  }
  return line;
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function fromCsv(text: string, file: string): Rows {
  let records: CsvRecord[];
  try {
    // The package's types do not know what `info` does to a record.
    records = parse(text, { bom: true, info: true, skip_empty_lines: true }) as unknown as CsvRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === "number" ? `, line ${error.lines}` : "";
    throw new DataError("The file is not CSV as its first line promises.", {
      where: `${file}${line}`,
      found: error.code,
    });
  }
  const [header, ...rows] = records;
  const names = header?.record ?? [];
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) {
    throw new DataError("Two columns have one name.", {
      where: file,
      expected: "each name once",
      found: repeated,
    });
  }
  return {
    file,
    count: rows.length,
    columns: new Map(names.map((name, k) => [name, rows.map(({ record }) => record[k])])),
    place: (row) => `${file}, line ${rows[row]!.info.lines}`,
  };
}

const expectedJson =
  'a list of {"ref": text or list of texts, "hyp": text}, or {"ref": [texts], "hyp": [texts]} of equal lengths';

function fromJson(text: string, file: string): Rows {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    throw new DataError("The file is not JSON.", { where: file, expected: expectedJson });
  }
  if (Array.isArray(value)) return fromRecords(value, file);
  if (typeof value === "object" && value !== null) return fromColumns(value, file);
  throw new DataError("The file does not hold texts.", {
    where: file,
    expected: expectedJson,
    found: `one ${typeof value}`,
  });
}

function fromRecords(records: readonly unknown[], file: string): Rows {
  const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const place = (row: number) => `${file}, item ${row + 1}`;
  const rows = records.map((record, row) => {
    if (isRecord(record)) return record;
    throw new DataError("An item of the list is no record.", { where: place(row), expected: expectedJson });
  });
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  const columns = new Map([...names].map((name) => [name, rows.map((row) => row[name])]));
  return { file, count: rows.length, columns, place };
}

function fromColumns(value: object, file: string): Rows {
  const columns = Object.entries(value).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]));
  const [first] = columns;
  const odd = columns.find(([, cells]) => cells.length !== first?.[1].length);
  if (first !== undefined && odd !== undefined) {
    throw new DataError("The lists of the file have unequal lengths.", {
      where: file,
      expected: `${first[1].length} entries in each, as ${first[0]} has`,
      found: `${odd[1].length} in ${odd[0]}`,
    });
  }
  return {
    file,
    count: first?.[1].length ?? 0,
    columns: new Map(columns),
    place: (row) => `${file}, entry ${row + 1} of each list`,
  };
}

/**
 * A table from a CSV or, where the name ends in .json, a JSON file. Texts stay as they are, for the profile to prepare.
 * @throws DataError when the file cannot be read or is not what its name promises; messages hold no texts
 */
export async function readRows(path: string): Promise<Rows> {
  const text = await readText(path);
  return path.toLowerCase().endsWith(".json") ? fromJson(text, basename(path)) : fromCsv(text, basename(path));
}
