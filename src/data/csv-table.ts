/** CSV files with a header: rows that know their line, and rows that cannot be read as problems. */
import { CsvError, type Options, parse } from "csv-parse/sync";
import { DataError } from "../base/errors.ts";
import { notUtf8, readWhole } from "./piecewise.ts";
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
    // csv-parse keeps halves of CRLFs around a row, which would stand before an opening or behind a closing quote.
    parseRows(rawRow.replace(/^[\r\n]+|\r$/g, ""), {});
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

/** Splits whole rows. Only a piece with quotes in the wrong place takes the slow way, row by row. */
function rawRows(text: string, file: string, firstLine: number): RawRow[] {
  const rows = (parsed: readonly Parsed[], isGood: (raw: string) => boolean) => {
    const lines = firstLines(
      text,
      parsed.map(({ info }) => info.bytes),
    );
    return parsed.map(({ raw, record }, i) => ({
      line: firstLine + lines[i]! - 1,
      values: record,
      hasStrayQuotes: !isGood(raw),
    }));
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

/** Finds where rows end, as csv-parse sees them, in a text that comes in pieces. */
class RowEnds {
  #isCellStart = true;
  #isQuoted = false;
  /** The last character was a quote within a quoted cell: the next one says what it means. */
  #isAfterQuote = false;

  /** Index behind the last line feed that ends a row, 0 when none does. Every character is shown once, in order. */
  lastIn(text: string): number {
    let end = 0;
    for (let at = 0; at < text.length; at++) {
      const character = text[at]!;
      if (this.#isAfterQuote) {
        this.#isAfterQuote = false;
        if (character === '"') continue;
        this.#isQuoted = false;
      }
      if (this.#isQuoted) this.#isAfterQuote = character === '"';
      else if (character === '"') this.#isQuoted = this.#isCellStart;
      if (!this.#isQuoted && character === "\n") end = at + 1;
      // A byte-order mark is no part of the first cell.
      if (character !== "\uFEFF") this.#isCellStart = !this.#isQuoted && (character === "," || character === "\n");
    }
    return end;
  }
}

/** Characters that are parsed at once: csv-parse keeps a copy and a position of each row it gives. */
const parsedAtOnce = 2 ** 18;

/** A CSV file read piece by piece. Cells may hold quotes, commas and line breaks; a byte-order mark and either line end are accepted. */
export class TableReader<Required extends string, Optional extends string> {
  readonly #file: string;
  readonly #columns: Columns<Required, Optional>;
  readonly #problems: Problem[];
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });
  readonly #rowEnds = new RowEnds();
  /** Text behind the last row end, in pieces. */
  #rest: string[] = [];
  #line = 1;
  #width = 0;
  #otherColumns: readonly string[] = [];
  #known: readonly (readonly [name: string, at: number])[] | undefined;

  /**
   * @param file what errors call the text
   * @param problems takes a note of each row that has another number of cells than the header or quotes gone wrong
   */
  constructor(file: string, columns: Columns<Required, Optional>, problems: Problem[]) {
    this.#file = file;
    this.#columns = columns;
    this.#problems = problems;
  }

  /** Names in the header that this reader does not know. */
  get otherColumns(): readonly string[] {
    return this.#otherColumns;
  }

  /** The rows that end within these bytes. @throws DataError when the header lacks a column, or for bytes that are no UTF-8 */
  *push(bytes: Uint8Array): Generator<TableRow<Required, Optional>> {
    const text = this.#decoded(bytes);
    for (let at = 0; at < text.length; at += parsedAtOnce) yield* this.#take(text.slice(at, at + parsedAtOnce));
  }

  /** The last row. @throws DataError when the file is empty or a quoted cell never ends */
  *end(): Generator<TableRow<Required, Optional>> {
    this.#rest.push(this.#decoded(undefined));
    yield* this.#rowsOf(this.#rest.join(""));
    if (this.#known === undefined) this.#readHeader(undefined);
  }

  #decoded(bytes: Uint8Array | undefined): string {
    try {
      return bytes === undefined ? this.#decoder.decode() : this.#decoder.decode(bytes, { stream: true });
    } catch (error) {
      throw notUtf8(this.#file, error);
    }
  }

  *#take(text: string): Generator<TableRow<Required, Optional>> {
    const end = this.#rowEnds.lastIn(text);
    if (end === 0) {
      this.#rest.push(text);
      return;
    }
    const rows = this.#rest.join("") + text.slice(0, end);
    this.#rest = [text.slice(end)];
    yield* this.#rowsOf(rows);
  }

  *#rowsOf(text: string): Generator<TableRow<Required, Optional>> {
    const rows = rawRows(text, this.#file, this.#line);
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#line++;
    for (const row of rows) {
      if (this.#known === undefined) this.#readHeader(row);
      else {
        const read = this.#rowOf(row, this.#known);
        if (read !== undefined) yield read;
      }
    }
  }

  #readHeader(header: RawRow | undefined): void {
    const { required, optional } = this.#columns;
    const names = header?.values.map((name) => name.trim()) ?? [];
    const missing = required.filter((name) => !names.includes(name));
    if (missing.length > 0) {
      throw new DataError("The table lacks a column.", {
        where: `${this.#file}, line 1`,
        expected: `the columns ${required.join(", ")}`,
        found: header === undefined ? "an empty file" : `no ${missing.join(", ")}`,
        remedy: "Check that this is the right file, separated by commas.",
      });
    }
    this.#width = names.length;
    this.#otherColumns = names.filter(
      (name) => name !== "" && ![...required, ...optional].some((known) => known === name),
    );
    this.#known = [...required, ...optional].map((name) => [name, names.indexOf(name)]);
  }

  #rowOf(
    { line, values, hasStrayQuotes }: RawRow,
    known: readonly (readonly [name: string, at: number])[],
  ): TableRow<Required, Optional> | undefined {
    const fault = hasStrayQuotes
      ? "A quote stands where none may be"
      : values.length !== this.#width && `The row has ${values.length} cells where the header has ${this.#width}`;
    if (fault !== false) {
      this.#problems.push(problem("bad-record", `${this.#file}, line ${line}`, `${fault}; the row is left out.`));
      return undefined;
    }
    const cells = Object.fromEntries(known.flatMap(([name, at]) => (at < 0 ? [] : [[name, values[at]!]])));
    return { line, cells: cells as TableRow<Required, Optional>["cells"] };
  }
}

/** The rows of a text that is in memory. @throws DataError as the reader's functions do */
export function readTable<Required extends string, Optional extends string>(
  text: string,
  file: string,
  columns: Columns<Required, Optional>,
  problems: Problem[],
): TableRow<Required, Optional>[] {
  const reader = new TableReader(file, columns, problems);
  const rows: TableRow<Required, Optional>[] = [];
  const take = (read: Iterable<TableRow<Required, Optional>>) => {
    for (const row of read) rows.push(row);
  };
  return readWhole(
    {
      push: (bytes) => take(reader.push(bytes)),
      end: () => {
        take(reader.end());
        return rows;
      },
    },
    text,
  );
}
