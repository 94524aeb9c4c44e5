/** Parts of a set of texts that are scored apart: positive and negative findings, by label, by number of boxes, by length. */
import { pythonSplit } from "../text/python-strings.ts";
import { boxesCell, listCell } from "./cells.ts";
import type { Pair } from "./metric.ts";
import { columnOf, type Rows } from "./rows.ts";

/** The rows with one value of a column. */
export interface Stratum {
  /** "abnormal: positive" */
  readonly name: string;
  readonly rows: readonly number[];
}

/** Upper ends of the groups of lengths, in words of the first reference. */
const lengthGroups = [3, 6, 10] as const;

function lengthGroup({ references }: Pair): string {
  const words = pythonSplit(references[0]!).length;
  let from = 0;
  for (const to of lengthGroups) {
    if (words <= to) return `${from} to ${to} words`;
    from = to + 1;
  }
  return `${from} words or more`;
}

const mostBoxesAlone = 2;

/** How the two ways of saying yes and no are read in a column called `abnormal`. */
function polarity(value: string): string {
  if (/^(true|1|yes)$/i.test(value)) return "positive";
  return /^(false|0|no)$/i.test(value) ? "negative" : "not known";
}

/** The values of a row: several where the cell is a list. */
function valuesIn(
  rows: Rows,
  pairs: readonly Pair[],
  name: string,
  boxesColumn: string,
): (row: number) => readonly string[] {
  if (name === "length") return (row) => [lengthGroup(pairs[row]!)];
  if (name === "boxes") {
    const boxes = columnOf(rows, boxesColumn, "strata");
    return (row) => {
      const { length } = boxesCell(boxes[row], `${rows.place(row)}, column ${boxesColumn}`);
      const isMany = length > mostBoxesAlone;
      return [isMany ? `${mostBoxesAlone + 1} or more` : `${length}`];
    };
  }
  const column = columnOf(rows, name, "strata");
  if (name === "abnormal") return (row) => [polarity(String(column[row] ?? ""))];
  return (row) => [...new Set(listCell(column[row]) ?? ["none"])];
}

/**
 * @param name a column of the table; `boxes` is read as their number, `abnormal` as positive or negative, and `length` is the
 * length of the reference, whether the table has such a column or not
 * @param boxesColumn the column that `boxes` counts in
 * @returns strata in the order of their names; a row whose cell is a list stands in several
 * @throws DataError when there is no such column
 */
export function strataOf(rows: Rows, pairs: readonly Pair[], name: string, boxesColumn = "boxes"): Stratum[] {
  const valuesOfRow = valuesIn(rows, pairs, name, boxesColumn);
  const byValue = new Map<string, number[]>();
  for (let row = 0; row < rows.count; row++) {
    for (const value of valuesOfRow(row)) {
      const found = byValue.get(value);
      if (found === undefined) byValue.set(value, [row]);
      else found.push(row);
    }
  }
  return [...byValue]
    .sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }))
    .map(([value, members]) => ({ name: `${name}: ${value}`, rows: members }));
}
