/** Scores as CSV. */
import { stringify } from "csv-stringify/sync";
import type { Grid } from "../grid.ts";

/** A table with its caption and notes as a last column-less block of comments would break readers, so they are left out. */
export function gridAsCsv({ header, rows }: Grid): string {
  return stringify([[...header], ...rows.map((row) => [...row])]);
}

/**
 * Unrounded values of each text, a column for each column of the metrics; an undefined value is an empty cell.
 * @param ids columns that name the rows, in front
 */
export function itemsAsCsv(
  ids: ReadonlyMap<string, readonly unknown[]>,
  scores: ReadonlyMap<string, Float64Array>,
): string {
  const columns = [...ids, ...scores];
  const count = columns[0]?.[1].length ?? 0;
  const cell = (value: unknown) => (Number.isNaN(value) ? "" : String(value ?? ""));
  const rows = Array.from({ length: count }, (_, row) => columns.map(([, cells]) => cell(cells[row])));
  return stringify([columns.map(([name]) => name), ...rows]);
}
