/** CSV files with a header: rows that know their line, and rows that cannot be read as problems. */
import { CsvError, type Options, parse } from "csv-parse/sync";
import { DataError } from "../base/errors.ts";
import { type Problem, problem } from "./problems.ts";

export interface TableRow<Required extends string, Optional extends string> {
  /** Line of the file on which the row begins, from 1. */
  readonly line: number;
  readonly cells: Readonly<Record<Required, string> & Partial<Record<Optional, string>>>;
}

/** The columns a reader knows; others are ignored. */
export interface Columns<Required extends string, Optional extends string> {
  readonly required: readonly Required[];
  readonly optional: readonly Optional[];
}

interface RawRow {
  readonly line: number;
  readonly values: readonly string[];
  readonly hasStrayQuotes: boolean;
}

const options = {
  bom: true,
  info: true,
  raw: true,
  record_delimiter: ["\r\n", "\n"],
  relax_column_count: true,
  skip_empty_lines: true,
} satisfies Options;

/** `bytes` is where the row ends in UTF-8; the parser's own count of lines is wrong after a CRLF within a cell. */
type Parsed = { readonly info: { readonly bytes: number }; readonly raw: string; readonly record: string[] };

function parseRows(text: string, more: Options): Parsed[] {
  return parse(text, { ...options, ...more }) as unknown as Parsed[];
}

function isWellFormed(rawRow: string): boolean {
  try {
    parseRows(rawRow, {});
    return true;
  } catch {
    return false;
  }
}

/** The lines on which rows begin, from the bytes at which they end. */
function firstLines(text: string, ends: readonly number[]): number[] {
  const bytes = new TextEncoder().encode(text);
  const [lineFeed, carriageReturn] = [10, 13];
  let position = 0;
  let line = 1;
  return ends.map((end) => {
    for (; bytes[position] === lineFeed || bytes[position] === carriageReturn; position++) {
      if (bytes[position] === lineFeed) line++;
    }
    const first = line;
    for (; position < end; position++) if (bytes[position] === lineFeed) line++;
    return first;
  });
}

/** Splits the text into rows. Only a file with quotes in the wrong place takes the slow way, row by row. */
function rawRows(text: string, file: string): RawRow[] {
  const rows = (parsed: readonly Parsed[], isGood: (raw: string) => boolean) => {
    const lines = firstLines(
      text,
      parsed.map(({ info }) => info.bytes),
    );
    return parsed.map(({ raw, record }, i) => ({ line: lines[i]!, values: record, hasStrayQuotes: !isGood(raw) }));
  };
  try {
    return rows(parseRows(text, {}), () => true);
  } catch {
    try {
      return rows(parseRows(text, { relax_quotes: true }), isWellFormed);
    } catch (error) {
      throw notATable(error, file);
    }
  }
}

function notATable(error: unknown, file: string): unknown {
  if (!(error instanceof CsvError)) return error;
  return new DataError("The file is no readable CSV.", {
    where: file,
    expected: "comma-separated values with a header",
    found: error.code === "CSV_QUOTE_NOT_CLOSED" ? "a quoted cell that never ends" : error.code,
    remedy: "Repair the quotes, or get the file again.",
  });
}

/**
 * Reads a CSV text. Cells may hold quotes, commas and line breaks; a byte-order mark and either line end are accepted.
 * @param file what errors call the text
 * @param problems takes a note of each row that has another number of cells than the header or quotes gone wrong
 * @throws DataError when the header lacks a required column, or a quoted cell never ends
 */
export function readTable<Required extends string, Optional extends string>(
  text: string,
  file: string,
  { required, optional }: Columns<Required, Optional>,
  problems: Problem[],
): TableRow<Required, Optional>[] {
  const [header, ...rows] = rawRows(text, file);
  const names = header?.values.map((name) => name.trim()) ?? [];
  const missing = required.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new DataError("The table lacks a column.", {
      where: `${file}, line 1`,
      expected: `the columns ${required.join(", ")}`,
      found: header === undefined ? "an empty file" : `no ${missing.join(", ")}`,
      remedy: "Check that this is the right file, separated by commas.",
    });
  }
  const known = [...required, ...optional].map((name) => [name, names.indexOf(name)] as const);
  return rows.flatMap(({ line, values, hasStrayQuotes }) => {
    const fault = hasStrayQuotes
      ? "A quote stands where none may be"
      : values.length !== names.length && `The row has ${values.length} cells where the header has ${names.length}`;
    if (fault !== false) {
      problems.push(problem("bad-record", `${file}, line ${line}`, `${fault}; the row is left out.`));
      return [];
    }
    const cells = Object.fromEntries(known.flatMap(([name, at]) => (at < 0 ? [] : [[name, values[at]!]])));
    return [{ line, cells: cells as TableRow<Required, Optional>["cells"] }];
  });
}
