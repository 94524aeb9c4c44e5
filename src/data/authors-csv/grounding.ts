/**
 * The `boxes` and `extra_boxes` cells of the authors' CSVs (REFERENCE §5): as a rule `[[0, sentence, [box, …]]]`, but a
 * missing key gave `[]`, a null `null`, and hand-made files hold a bare triplet, several triplets or just boxes.
 */
import { DataError } from "../../base/errors.ts";
import type { UnitBox } from "../../images/index.ts";
import { readBoxes } from "../box-values.ts";
import { type Problem, problem } from "../problems.ts";
import { type PythonLiteral, parsePythonLiteral } from "./python-literal.ts";

/** `[index, sentence, boxes]` */
type Triplet = readonly [number, string | null, PythonLiteral];

function isTriplet(value: PythonLiteral): value is Triplet {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [index, sentence] = value;
  return typeof index === "number" && (typeof sentence === "string" || sentence === null);
}

/** The list of boxes within a cell's value; whether they are boxes is for `readBoxes` to say. */
function boxList(value: PythonLiteral): PythonLiteral {
  if (isTriplet(value)) return value[2];
  if (!Array.isArray(value) || value.length === 0 || !value.every(isTriplet)) return value;
  const lists = value.map(([, , boxes]) => boxes ?? []);
  const notAList = lists.find((boxes) => !Array.isArray(boxes));
  return notAList ?? lists.flat(1);
}

/**
 * The boxes of a cell.
 * @returns undefined, with a problem noted, when the cell or a box in it cannot be read
 */
export function readGrounding(cell: string, where: string, problems: Problem[]): readonly UnitBox[] | undefined {
  if (cell.trim() === "") return [];
  try {
    return readBoxes(boxList(parsePythonLiteral(cell, where)), where, problems);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const { expected, found } = error.parts;
    const what = `The boxes are no Python literal (expected ${expected}, found ${found}); the finding is left out.`;
    problems.push(problem("bad-boxes", where, what));
    return undefined;
  }
}
