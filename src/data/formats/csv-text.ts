/** CSV texts, written row by row. */
import { type Input, stringify } from "csv-stringify/sync";
import type { TextPiece } from "./format.ts";

/** @param rows of each study; objects by column */
export function* tablePieces(path: string, columns: readonly string[], rows: Iterable<Input>): Generator<TextPiece> {
  yield [path, stringify([], { header: true, columns })];
  for (const own of rows) if (own.length > 0) yield [path, stringify(own, { columns })];
}
