/**
 * What a conversion lost, found by reading back what was written: no list that somebody must keep true, and nothing is
 * dropped in silence.
 */
import { z } from "zod";
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
    let [at, nearest] = [-1, Number.POSITIVE_INFINITY];
    for (let i = 0; i < left.length && nearest > sameCorner; i++) {
      const other = distance(box, left[i]!);
      if (other < nearest) [at, nearest] = [i, other];
    }
    if (nearest > roundedCorner) lost++;
    else {
      left.splice(at, 1);
      if (nearest > sameCorner) rounded++;
    }
  }
  return { lost, rounded };
}

/** Lists that are compared as a whole are facts; boxes are compared one by one. */
const boxLists: readonly (readonly [what: string, of: (finding: Finding) => readonly UnitBox[]])[] = [
  ["first reader's boxes", ({ boxes }) => boxes],
  ["second reader's boxes", ({ extraBoxes }) => extraBoxes],
];

/** What a counter has found so far. */
export const lossCountsSchema = z.object({
  facts: z.array(z.object({ what: z.string(), lost: z.number(), of: z.number() })),
  boxes: z.array(z.object({ what: z.string(), lost: z.number(), rounded: z.number(), of: z.number() })),
});

export type LossCounts = z.output<typeof lossCountsSchema>;

/** What a conversion lost, counted part by part: a part holds all studies that a format can take for one another. */
export class LossCounter {
  readonly #facts = facts.map(([what]) => ({ what, lost: 0, of: 0 }));
  readonly #boxes = boxLists.map(([what]) => ({ what, lost: 0, rounded: 0, of: 0 }));

  add(before: readonly Study[], after: readonly Study[]): void {
    const byImage = new Map(after.map((study) => [study.imageId, study]));
    for (const study of before) {
      const other = byImage.get(study.imageId);
      for (const [i, [, of]] of facts.entries()) {
        const own = of(study);
        this.#facts[i]!.of += own.length;
        this.#facts[i]!.lost += missing(own, other === undefined ? [] : of(other));
      }
      for (const [i, [, of]] of boxLists.entries()) {
        const own = study.findings.flatMap(of);
        const { lost, rounded } = compareBoxes(own, other?.findings.flatMap(of) ?? []);
        const sum = this.#boxes[i]!;
        sum.of += own.length;
        sum.lost += lost;
        sum.rounded += rounded;
      }
    }
  }

  /** The counts as plain JSON. */
  get counts(): LossCounts {
    return structuredClone({ facts: this.#facts, boxes: this.#boxes });
  }

  /** Goes on from counts that another counter had. */
  set counts({ facts: known, boxes }: LossCounts) {
    for (const [i, count] of known.entries()) Object.assign(this.#facts[i]!, count);
    for (const [i, count] of boxes.entries()) Object.assign(this.#boxes[i]!, count);
  }

  /** Everything that stood in the studies before a conversion and does not after it, in a fixed order. */
  losses(): Loss[] {
    const boxes = this.#boxes.flatMap(({ what, lost, rounded, of }) => [
      { what, lost, of },
      { what: `${what}, exact corners (rounded to whole pixels)`, lost: rounded, of },
    ]);
    return [...this.#facts, ...boxes].filter(({ lost }) => lost > 0);
  }
}

/** The losses of studies that are all in memory. */
export function lossesOf(before: readonly Study[], after: readonly Study[]): Loss[] {
  const counter = new LossCounter();
  counter.add(before, after);
  return counter.losses();
}
