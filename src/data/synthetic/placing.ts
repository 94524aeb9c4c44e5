/** Brings several findings into one body, so that none hides another. */
import { Random } from "../../base/random.ts";
import { boxArea, intersection } from "../../images/boxes.ts";
import type { Anatomy } from "./anatomy.ts";
import type { FindingKind, Placement } from "./finding.ts";

/** A finding to be placed, and how much there is of it. */
export interface Wanted {
  readonly kind: FindingKind;
  /** 0..1 */
  readonly extent: number;
}

export interface Placed extends Wanted {
  readonly placement: Placement;
  /** How often it had to be placed anew. */
  readonly attempt: number;
}

/** A body with its findings. */
export interface Affected {
  readonly anatomy: Anatomy;
  readonly placed: readonly Placed[];
}

const attempts = 8;

/** Share of the smaller of two boxes up to which they may overlap. */
const overlapAllowed = 0.25;

/**
 * The body with those of the wanted findings that find room.
 * @param seed the same seed gives a finding the same place, also in another pose or with another extent
 */
export function affect(anatomy: Anatomy, wanted: readonly Wanted[], seed: number): Affected {
  const reshaped = reshape(anatomy, wanted, seed);
  const placed: Placed[] = [];
  // What has changed the body's shape cannot move: the others make room for it.
  const firm = wanted.filter(({ kind }) => kind.reshape !== undefined);
  const loose = wanted.filter(({ kind }) => kind.reshape === undefined);
  for (const one of [...firm, ...loose]) {
    const found = findRoom(reshaped, one, placed, seed);
    if (found !== undefined) placed.push(found);
    else if (one.kind.reshape !== undefined) {
      return affect(
        anatomy,
        wanted.filter((other) => other !== one),
        seed,
      );
    }
  }
  return { anatomy: reshaped, placed };
}

/** The same findings, each at its place, in other extents or in another pose of the same body. */
export function affectAgain(anatomy: Anatomy, before: readonly Placed[], seed: number): Affected {
  const reshaped = reshape(anatomy, before, seed);
  return {
    anatomy: reshaped,
    placed: before.map((one) => ({ ...one, placement: placeOnce(reshaped, one, one.attempt, seed) })),
  };
}

function reshape(anatomy: Anatomy, wanted: readonly Wanted[], seed: number): Anatomy {
  return wanted.reduce((body, { kind, extent }) => {
    return kind.reshape?.(body, Random.named(seed, `${kind.label}: shape`), extent) ?? body;
  }, anatomy);
}

function placeOnce(anatomy: Anatomy, { kind, extent }: Wanted, attempt: number, seed: number): Placement {
  return kind.place(anatomy, Random.named(seed, `${kind.label}: place ${attempt}`), extent);
}

function findRoom(anatomy: Anatomy, wanted: Wanted, placed: readonly Placed[], seed: number): Placed | undefined {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const placement = placeOnce(anatomy, wanted, attempt, seed);
    const isClear = placed.every((other) => {
      const isSeen = wanted.kind.isSeenThrough || other.kind.isSeenThrough;
      return isSeen || overlap(placement, other.placement) <= overlapAllowed;
    });
    if (isClear) return { ...wanted, placement, attempt };
  }
  return undefined;
}

/** The largest share of a box of either that lies under one of the other. */
function overlap(a: Placement, b: Placement): number {
  const shares = a.boxes.flatMap((one) =>
    b.boxes.map((two) => boxArea(intersection(one, two)) / Math.min(boxArea(one), boxArea(two))),
  );
  return Math.max(0, ...shares);
}
