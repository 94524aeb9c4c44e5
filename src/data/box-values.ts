/** Boxes as files hold them: lists of four numbers, not yet trusted. */
import { boxArea, type UnitBox, unitBox } from "../images/index.ts";
import { type Problem, problem } from "./problems.ts";

/** Most boxes of a finding, and of a film: far more than any has, few enough to compare each with each. */
const mostBoxesOfFinding = 1000;
export const mostBoxesOfFilm = 10_000;

type Corners = readonly [number, number, number, number];

function isCorners(value: unknown): value is Corners {
  return Array.isArray(value) && value.length === 4 && value.every(Number.isFinite);
}

function fault(value: unknown): string {
  if (!Array.isArray(value)) return "is not a list";
  if (value.length !== 4) return `has ${value.length} values instead of 4`;
  const bad = value.find((edge) => !Number.isFinite(edge));
  return typeof bad === "number" ? `has the value ${bad}` : "has a value that is no number";
}

/**
 * Reads a list of boxes; null and an absent value are an empty list. Boxes that can be read are kept as annotated,
 * also outside 0..1 or reversed (REFERENCE 2.2 says what the mask makes of them), with a problem noted.
 * @returns undefined, with a problem noted, when a box cannot be read: a finding with fewer boxes would be another one
 */
export function readBoxes(value: unknown, where: string, problems: Problem[]): readonly UnitBox[] | undefined {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    problems.push(problem("bad-boxes", where, "The boxes are not a list; the finding is left out."));
    return undefined;
  }
  if (value.length > mostBoxesOfFinding) {
    const what = `There are ${value.length} boxes, more than any finding has; the finding is left out.`;
    problems.push(problem("bad-boxes", where, what));
    return undefined;
  }
  const unreadable = value.findIndex((box) => !isCorners(box));
  if (unreadable >= 0) {
    const what = `Box ${unreadable + 1} ${fault(value[unreadable])}; the finding is left out.`;
    problems.push(problem("bad-boxes", where, what));
    return undefined;
  }
  const boxes = (value as Corners[]).map((corners) => unitBox(...corners));
  for (const [i, box] of boxes.entries()) problems.push(...geometryProblems(box, `Box ${i + 1}`, where));
  return boxes;
}

function geometryProblems(box: UnitBox, name: string, where: string): Problem[] {
  const found: Problem[] = [];
  if (boxArea(box) === 0) found.push(problem("empty-box", where, `${name} is reversed or without area.`));
  if ([box.x1, box.y1, box.x2, box.y2].some((edge) => edge < 0 || edge > 1)) {
    found.push(problem("box-outside", where, `${name} reaches outside the image (0..1).`));
  }
  return found;
}
