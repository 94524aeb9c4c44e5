/** Boxes as files hold them, a list of four numbers each, and what can be wrong with them. */
import { type UnitBox, unitBox } from "../images/index.ts";
import { type Problem, problem } from "./problem.ts";

/**
 * @param value the parsed list; absent means no boxes
 * @param where for problems
 * @param problems is added to; a box that is not four numbers is left out, every other one is kept as it stands
 */
export function readBoxes(value: unknown, where: string, problems: Problem[]): UnitBox[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    problems.push(problem("error", "bad-box", where, "the boxes are not a list"));
    return [];
  }
  return value.flatMap((item: unknown, i) => {
    const at = `${where}, box ${i + 1}`;
    if (!Array.isArray(item) || item.length !== 4 || !item.every((number) => Number.isFinite(number))) {
      problems.push(problem("error", "bad-box", at, "a box must be four finite numbers; it is left out"));
      return [];
    }
    const box = unitBox(...(item as [number, number, number, number]));
    checkBox(box, at, problems);
    return [box];
  });
}

function checkBox(box: UnitBox, where: string, problems: Problem[]): void {
  const { x1, y1, x2, y2 } = box;
  if (x2 <= x1 || y2 <= y1) {
    problems.push(problem("error", "bad-box", where, "the box is reversed or has no area; it draws nothing"));
  } else if (x1 < 0 || y1 < 0 || x2 > 1 || y2 > 1) {
    problems.push(
      problem("warning", "box-outside", where, "the box reaches outside the film; it is cut at the border"),
    );
  }
}
