/** Smaller training sets: seeded, nested (5% ⊂ 10% ⊂ 20% …), by row as the paper draws them or by study. */
import { Random } from "../../base/random.ts";
import { groupBy } from "../group-by.ts";
import type { Row } from "../vocabulary.ts";

/** What is drawn: single rows, or studies with all their rows. */
export type SubsetUnit = "row" | "study";

/** How many of `count` a percentage keeps: ⌊count·percent/100⌋, as the reference code counts (REFERENCE 9.3). */
export function keptCount(count: number, percent: number): number {
  // The product is rounded first: 29% of 100 is 28.999999999999996 in floating point where Python's int() has 29.
  return Math.floor(Number(((count * percent) / 100).toPrecision(12)));
}

/**
 * The keys that a percentage keeps. One seed orders all keys once, and every percentage takes that order's beginning: so
 * subsets are nested. The order does not depend on the order in which the keys come.
 * @param purpose keeps draws for different purposes apart
 */
export function drawKeys(keys: Iterable<string>, percent: number, seed: number, purpose: string): ReadonlySet<string> {
  const sorted = [...new Set(keys)].sort((a, b) => (a < b ? -1 : 1));
  const order = Random.named(seed, purpose).shuffled(sorted);
  return new Set(order.slice(0, keptCount(sorted.length, percent)));
}

/** A name for each row that no other row of the list has, the same whatever rows of other studies stand beside it. */
export function rowKeys(rows: readonly Row[]): string[] {
  const seen = new Map<string, number>();
  return rows.map(({ studyId, imageId, language }) => {
    const own = JSON.stringify([studyId, imageId, language]);
    const index = seen.get(own) ?? 0;
    seen.set(own, index + 1);
    return `${own}#${index}`;
  });
}

/**
 * A part of the rows, in their order. Give it the training rows only.
 * @param percent 0 to 100, of the rows or of the studies
 */
export function subset<R extends Row>(
  rows: readonly R[],
  { percent, by, seed }: { readonly percent: number; readonly by: SubsetUnit; readonly seed: number },
): R[] {
  if (by === "study") {
    const kept = drawKeys(groupBy(rows, ({ studyId }) => studyId).keys(), percent, seed, "subset by study");
    return rows.filter(({ studyId }) => kept.has(studyId));
  }
  const keys = rowKeys(rows);
  const kept = drawKeys(keys, percent, seed, "subset by row");
  return rows.filter((_, i) => kept.has(keys[i]!));
}
