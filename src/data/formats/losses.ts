/**
 * What a conversion lost, found by reading back what was written: no list that somebody must keep true, and nothing is
 * dropped in silence.
 */
import type { UnitBox } from "../../images/index.ts";
import type { Finding, Study } from "../vocabulary.ts";

export interface Loss {
  readonly what: string;
  /** How many of them were there before, and are not there any more. */
  readonly lost: number;
  readonly of: number;
}

/** Facts of a study, each as a text that is the same before and after. */
const facts: readonly (readonly [what: string, of: (study: Study) => readonly string[]])[] = [
  ["studies", ({ imageId }) => [imageId]],
  ["study IDs", ({ studyId }) => [studyId]],
  ["patients", ({ patientId }) => list(patientId)],
  ["splits", ({ split }) => list(split)],
  ["prior studies", ({ prior }) => (prior === undefined ? [] : [`${prior.studyId} ${prior.imageId}`])],
  ["findings without a box", ({ findings }) => findings.filter((finding) => !hasBox(finding)).map(() => "")],
  ["English sentences", ({ findings }) => findings.flatMap(({ sentence }) => filled(sentence.en))],
  ["Spanish sentences", ({ findings }) => findings.flatMap(({ sentence }) => filled(sentence.es))],
  ["marks positive or negative", ({ findings }) => findings.flatMap(({ abnormal }) => list(abnormal))],
  ["labels", ({ findings }) => findings.flatMap(({ labels }) => labels)],
  ["groups of labels of a finding", ({ findings }) => grouped(findings.map(({ labels }) => labels))],
  ["locations", ({ findings }) => grouped(findings.map(({ locations }) => locations))],
  ["progressions", ({ findings }) => findings.flatMap(({ progression }) => list(progression))],
  ["groups of boxes of a finding", ({ findings }) => boxCounts(findings)],
];

const list = (value: unknown) => (value === undefined ? [] : [String(value)]);
const filled = (text: string) => (text === "" ? [] : [text]);
const hasBox = ({ boxes, extraBoxes }: Finding) => boxes.length + extraBoxes.length > 0;
const grouped = (lists: readonly (readonly string[])[]) =>
  lists.filter((l) => l.length > 0).map((l) => JSON.stringify(l));
const boxCounts = (findings: readonly Finding[]) =>
  findings.filter(hasBox).map(({ boxes, extraBoxes }) => `${boxes.length} ${extraBoxes.length}`);

/** How many of the texts have no partner among the others. */
function missing(before: readonly string[], after: readonly string[]): number {
  const left = new Map<string, number>();
  for (const text of after) left.set(text, (left.get(text) ?? 0) + 1);
  return before.filter((text) => {
    const count = left.get(text) ?? 0;
    left.set(text, count - 1);
    return count <= 0;
  }).length;
}

/** Largest difference of a corner that still counts as the same box: the rounding of a division and its inverse. */
const sameCorner = 1e-9;
/** Largest difference that counts as a rounded box rather than another one: some pixels of a film. */
const roundedCorner = 0.02;

function distance(a: UnitBox, b: UnitBox): number {
  return Math.max(Math.abs(a.x1 - b.x1), Math.abs(a.y1 - b.y1), Math.abs(a.x2 - b.x2), Math.abs(a.y2 - b.y2));
}

/** Boxes without partner, and boxes whose partner is rounded. */
function compareBoxes(before: readonly UnitBox[], after: readonly UnitBox[]): { lost: number; rounded: number } {
  const left = [...after];
  let [lost, rounded] = [0, 0];
  for (const box of before) {
    const distances = left.map((other) => distance(box, other));
    const nearest = Math.min(...distances);
    if (nearest > roundedCorner) lost++;
    else {
      left.splice(distances.indexOf(nearest), 1);
      if (nearest > sameCorner) rounded++;
    }
  }
  return { lost, rounded };
}

/** Everything that stood in the studies before a conversion and does not after it, in a fixed order. */
export function lossesOf(before: readonly Study[], after: readonly Study[]): Loss[] {
  const byImage = new Map(after.map((study) => [study.imageId, study]));
  const losses: Loss[] = facts.map(([what, of]) => {
    let [lost, all] = [0, 0];
    for (const study of before) {
      const own = of(study);
      const other = byImage.get(study.imageId);
      all += own.length;
      lost += missing(own, other === undefined ? [] : of(other));
    }
    return { what, lost, of: all };
  });
  for (const [what, of] of [
    ["first reader's boxes", ({ boxes }: Finding) => boxes],
    ["second reader's boxes", ({ extraBoxes }: Finding) => extraBoxes],
  ] as const) {
    let [lost, rounded, all] = [0, 0, 0];
    for (const study of before) {
      const own = study.findings.flatMap(of);
      const compared = compareBoxes(own, byImage.get(study.imageId)?.findings.flatMap(of) ?? []);
      all += own.length;
      lost += compared.lost;
      rounded += compared.rounded;
    }
    losses.push(
      { what, lost, of: all },
      { what: `${what}, exact corners (rounded to whole pixels)`, lost: rounded, of: all },
    );
  }
  return losses.filter(({ lost }) => lost > 0);
}
