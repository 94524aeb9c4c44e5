/** A table of texts: what a CSV or JSON file of references and hypotheses holds, and its pairs. */
import { DataError } from "../base/errors.ts";
import type { Pair } from "./metric.ts";

/** Rows by column. A cell is text, or a list where the file is JSON. */
export interface Rows {
  /** What messages call the file. */
  readonly file: string;
  readonly count: number;
  /** In the file's order. */
  readonly columns: ReadonlyMap<string, readonly unknown[]>;
  /** "predictions.csv, line 5". */
  place(row: number): string;
}

/** Names of the columns that hold references and hypotheses. */
export interface PairColumns {
  readonly ref: string;
  readonly hyp: string;
}

export const usualColumns: PairColumns = { ref: "ref", hyp: "hyp" };

/** Column names for a message. Without a header they would be somebody's first sentence: only lower-case words are shown. */
function nameable(names: readonly string[]): string {
  return names.map((name) => (/^[a-z][a-z0-9_]{0,19}$/.test(name) ? name : "…")).join(", ");
}

/** @throws DataError naming the columns that are there */
export function columnOf(rows: Rows, name: string, purpose: string): readonly unknown[] {
  const column = rows.columns.get(name);
  if (column !== undefined) return column;
  throw new DataError(`The file lacks a column for ${purpose}.`, {
    where: rows.file,
    expected: `column ${name}`,
    found: nameable([...rows.columns.keys()]),
    remedy: "Name the column that holds it, or get the file again.",
  });
}

function textOf(rows: Rows, row: number, value: unknown, name: string): string {
  if (typeof value === "string") return value;
  throw new DataError("A cell holds no text.", {
    where: `${rows.place(row)}, column ${name}`,
    expected: "text, which may be empty",
    found: value === null ? "null" : value === undefined ? "nothing" : `a ${typeof value}`,
  });
}

function referencesOf(rows: Rows, row: number, value: unknown, name: string): readonly string[] {
  if (!Array.isArray(value)) return [textOf(rows, row, value, name)];
  if (value.length === 0) {
    throw new DataError("A text has no reference.", {
      where: `${rows.place(row)}, column ${name}`,
      expected: "text or a list of at least one text",
      found: "an empty list",
    });
  }
  return value.map((text: unknown) => textOf(rows, row, text, name));
}

/**
 * The pairs of a table, as its texts stand.
 * @throws DataError when a column is missing or a cell holds no text
 */
export function pairsOf(rows: Rows, { ref, hyp }: PairColumns = usualColumns): Pair[] {
  const references = columnOf(rows, ref, "references");
  const hypotheses = columnOf(rows, hyp, "hypotheses");
  return Array.from({ length: rows.count }, (_, row) => ({
    hypothesis: textOf(rows, row, hypotheses[row], hyp),
    references: referencesOf(rows, row, references[row], ref),
  }));
}

/**
 * Every text against all different references of its study: what one film can show, a sentence about it may say.
 * @param studies [N] the study of each pair
 */
export function withStudyReferences(pairs: readonly Pair[], studies: readonly string[]): Pair[] {
  const byStudy = new Map<string, Set<string>>();
  for (const [i, { references }] of pairs.entries()) {
    const all = byStudy.get(studies[i]!) ?? new Set();
    for (const reference of references) all.add(reference);
    byStudy.set(studies[i]!, all);
  }
  return pairs.map(({ hypothesis }, i) => ({ hypothesis, references: [...byStudy.get(studies[i]!)!] }));
}

/** Longer texts are no sentences and no reports: somebody should look at them. */
const mostSensibleCharacters = 100_000;

/** What a reader should know about the texts before trusting scores: counts and places, no texts. */
export function remarksOn(rows: Rows, pairs: readonly Pair[], idColumn = "imgid"): string[] {
  const remarks: string[] = [];
  const note = (what: string, has: (pair: Pair) => boolean) => {
    const found = pairs.flatMap((pair, row) => (has(pair) ? [row] : []));
    if (found.length > 0) remarks.push(`${found.length} ${what}, first in ${rows.place(found[0]!)}`);
  };
  note("empty hypotheses", ({ hypothesis }) => hypothesis.trim() === "");
  note("empty references", ({ references }) => references.every((reference) => reference.trim() === ""));
  note(`texts of more than ${mostSensibleCharacters} characters`, ({ hypothesis, references }) =>
    [hypothesis, ...references].some(({ length }) => length > mostSensibleCharacters),
  );
  const repeated = firstRepetition(rows.columns.get(idColumn), pairs);
  if (repeated !== undefined) {
    const [first, second, count] = repeated;
    remarks.push(
      `${count} rows repeat the id and the reference of another and count twice, first ${rows.place(first)} and ${rows.place(second)}`,
    );
  }
  return remarks;
}

/** Two rows with the same id and reference, and how many such repetitions there are. An image may have several findings. */
function firstRepetition(ids: readonly unknown[] | undefined, pairs: readonly Pair[]) {
  if (ids === undefined) return undefined;
  const seen = new Map<string, number>();
  let first: readonly [number, number] | undefined;
  let count = 0;
  for (const [row, { references }] of pairs.entries()) {
    const key = JSON.stringify([ids[row], references]);
    const before = seen.get(key);
    if (before === undefined) seen.set(key, row);
    else {
      first ??= [before, row];
      count++;
    }
  }
  return first === undefined ? undefined : ([...first, count] as const);
}

/**
 * Row of a second table for each row of a first, by the values of some columns; of several equal ones in their order.
 * @throws DataError when a row has no partner, or the tables differ in length
 */
export function matchRows(first: Rows, second: Rows, names: readonly string[]): number[] {
  if (first.count !== second.count) {
    throw new DataError("The two files have different numbers of rows.", {
      where: second.file,
      expected: `${first.count} rows, as ${first.file} has`,
      found: `${second.count}`,
    });
  }
  const partners = rowsByKey(second, names);
  const keyOf = keys(first, names);
  const order: number[] = [];
  for (let row = 0; row < first.count; row++) {
    const partner = partners.get(keyOf(row))?.shift();
    if (partner === undefined) {
      throw new DataError("The two files are not about the same rows.", {
        where: first.place(row),
        expected: `a row with the same ${names.join(" and ")} in ${second.file}`,
        found: "none",
        remedy: "Score texts for the same rows with both systems.",
      });
    }
    order.push(partner);
  }
  return order;
}

/** The table with its rows in another order. */
export function reordered(rows: Rows, order: readonly number[]): Rows {
  return {
    file: rows.file,
    count: order.length,
    columns: new Map([...rows.columns].map(([name, cells]) => [name, order.map((row) => cells[row])])),
    place: (row) => rows.place(order[row]!),
  };
}

/**
 * The first table with the other columns of a second, whose rows are found by key columns.
 * @throws DataError when a row has no partner, or a key stands twice in the second table
 */
export function joinedRows(rows: Rows, other: Rows, names: readonly string[]): Rows {
  const partners = rowsByKey(other, names);
  const twice = [...partners.values()].find((found) => found.length > 1);
  if (twice !== undefined) {
    throw new DataError(`A ${names.join(" and ")} stands twice in the file to join.`, {
      where: `${other.place(twice[0]!)} and ${other.place(twice[1]!)}`,
      expected: "each key once",
      remedy: "Name more key columns.",
    });
  }
  const keyOf = keys(rows, names);
  const order = Array.from({ length: rows.count }, (_, row) => {
    const partner = partners.get(keyOf(row))?.[0];
    if (partner !== undefined) return partner;
    throw new DataError("A row has no partner in the file to join.", {
      where: rows.place(row),
      expected: `a row with the same ${names.join(" and ")} in ${other.file}`,
      found: "none",
    });
  });
  const added = [...other.columns].filter(([name]) => !rows.columns.has(name));
  const columns = added.map(([name, cells]) => [name, order.map((row) => cells[row])] as const);
  return { ...rows, columns: new Map([...rows.columns, ...columns]) };
}

function keys(rows: Rows, names: readonly string[]): (row: number) => string {
  const columns = names.map((name) => columnOf(rows, name, "matching rows"));
  return (row) => JSON.stringify(columns.map((column) => column[row]));
}

function rowsByKey(rows: Rows, names: readonly string[]): Map<string, number[]> {
  const keyOf = keys(rows, names);
  const byKey = new Map<string, number[]>();
  for (let row = 0; row < rows.count; row++) {
    const found = byKey.get(keyOf(row));
    if (found === undefined) byKey.set(keyOf(row), [row]);
    else found.push(row);
  }
  return byKey;
}
