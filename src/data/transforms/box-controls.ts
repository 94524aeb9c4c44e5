/**
 * Controls: what is left of the mask's help when it keeps only one bit, comes from another row, or says nothing about
 * the finding (REFERENCE 9.5). Each works within a split, so no row of another split is looked at.
 */
import { Random } from "../../base/random.ts";
import { type UnitBox, unitBox } from "../../images/index.ts";
import { groupBy } from "../group-by.ts";
import type { Row } from "../vocabulary.ts";

const wholeImage = unitBox(0, 0, 1, 1);
/** Half as wide and half as tall as the film, in its middle. */
const middle = unitBox(0.25, 0.25, 0.75, 0.75);

/** The mask is all white where there is a box and all black where there is none: one bit, nearly "positive". */
export function boxPresentBit<R extends Row>(rows: readonly R[]): R[] {
  return rows.map((row) => (row.boxes.length === 0 ? row : { ...row, boxes: [wholeImage] }));
}

/**
 * The same box in the middle of every film.
 * @param on rows with boxes (the one bit stays) or all rows (nothing stays)
 */
export function centralBox<R extends Row>(rows: readonly R[], { on }: { readonly on: "boxes" | "all" }): R[] {
  return rows.map((row) => (on === "boxes" && row.boxes.length === 0 ? row : { ...row, boxes: [middle] }));
}

function withBoxesAt<R extends Row>(rows: readonly R[], boxesAt: ReadonlyMap<number, readonly UnitBox[]>): R[] {
  return rows.map((row, i) => ({ ...row, boxes: boxesAt.get(i) ?? row.boxes }));
}

/**
 * Every row gets the boxes of a row drawn without replacement from its split, rows without a box included: the mask
 * keeps its distribution and loses its meaning, the one bit too.
 */
export function shuffledBoxes<R extends Row>(rows: readonly R[], { seed }: { readonly seed: number }): R[] {
  const boxesAt = new Map<number, readonly UnitBox[]>();
  for (const [split, places] of groupBy(rows.keys(), (i) => rows[i]!.split)) {
    const donors = Random.named(seed, `shuffled boxes/${split}`).shuffled(places);
    for (const [k, i] of places.entries()) boxesAt.set(i, rows[donors[k]!]!.boxes);
  }
  return withBoxesAt(rows, boxesAt);
}

/**
 * Every row with boxes gets those of a row of another patient (of another study, where patients are not known) of its
 * split, drawn with replacement: the one bit stays, the place does not. A row whose split has no other patient with boxes
 * loses its boxes rather than keep its own.
 */
export function otherPatientBoxes<R extends Row>(rows: readonly R[], { seed }: { readonly seed: number }): R[] {
  const owner = ({ patientId, studyId }: Row) =>
    patientId === undefined ? `study ${studyId}` : `patient ${patientId}`;
  const boxesAt = new Map<number, readonly UnitBox[]>();
  const withBoxes = [...rows.keys()].filter((i) => rows[i]!.boxes.length > 0);
  for (const [split, places] of groupBy(withBoxes, (i) => rows[i]!.split)) {
    const random = Random.named(seed, `boxes of another patient/${split}`);
    // Ordered by owner, everyone else's rows are one run around the end of the list: no draw is ever rejected.
    const byOwner = [...groupBy(places, (i) => owner(rows[i]!)).values()];
    const circle = byOwner.flat();
    let start = 0;
    for (const own of byOwner) {
      const others = circle.length - own.length;
      for (const i of own) {
        const donor = others === 0 ? undefined : circle[(start + own.length + random.integer(others)) % circle.length];
        boxesAt.set(i, donor === undefined ? [] : rows[donor]!.boxes);
      }
      start += own.length;
    }
  }
  return withBoxesAt(rows, boxesAt);
}
