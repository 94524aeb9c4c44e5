/** Films that occur more than once under different names. */
import type { FilmPrint } from "../../images/index.ts";
import { groupBy } from "../group-by.ts";
import { type Problem, problem } from "../problems.ts";
import type { Study } from "../vocabulary.ts";
import { alikePairs } from "./alike.ts";

/** A study whose film was read. */
export interface PrintedStudy {
  readonly study: Study;
  readonly print: FilmPrint;
}

/**
 * From which likeness on two films are called the same. Different real films stay below 0.7; one that was scaled, saved as
 * JPEG, or had its contrast changed stays above 0.99. A film that was cut differently is not found.
 */
const sameFilm = 0.99;

function named({ imageId, split }: Study): string {
  return `${imageId} (${split ?? "no split"})`;
}

/** One film per image ID: an ID that occurs twice is another problem. */
function firstOfEachImage(prints: readonly PrintedStudy[]): PrintedStudy[] {
  return [...groupBy(prints, ({ study }) => study.imageId).values()].map(([first]) => first!);
}

/** Films with the same pixels under several names. */
export function sameContent(prints: readonly PrintedStudy[]): Problem[] {
  const groups = [...groupBy(firstOfEachImage(prints), ({ print }) => print.contentHash).values()];
  return groups
    .filter((group) => group.length > 1)
    .map((group) => {
      const splits = new Set(group.map(({ study }) => study.split));
      const where = `images ${group
        .slice(0, 5)
        .map(({ study }) => named(study))
        .join(", ")}`;
      const code = splits.size > 1 ? "duplicate-content-across-splits" : "duplicate-content";
      return problem(code, where, `${group.length} images have the same pixels.`);
    });
}

/** Two studies of different splits whose films look the same. */
export type NearDuplicate = readonly [Study, Study];

/** Films of different splits that look the same without having the same pixels, in file order. */
export function nearDuplicates(films: readonly PrintedStudy[]): NearDuplicate[] {
  const inSplits = firstOfEachImage(films).filter(({ study }) => study.split !== undefined);
  // Films with the same pixels are compared once, whatever their number.
  const groups = [...groupBy(inSplits.entries(), ([, { print }]) => print.contentHash).values()];
  const pairs = alikePairs(
    groups.map(([first]) => first![1].print.relief),
    sameFilm,
  );
  const found = pairs.flatMap(([a, b]) =>
    groups[a]!.flatMap(([i, { study: one }]) =>
      groups[b]!.flatMap(([j, { study: other }]): [number, number][] =>
        one.split === other.split ? [] : [[Math.min(i, j), Math.max(i, j)]],
      ),
    ),
  );
  return found.sort(([i, j], [k, l]) => i - k || j - l).map(([i, j]) => [inSplits[i]!.study, inSplits[j]!.study]);
}

export function nearDuplicateProblems(pairs: readonly NearDuplicate[]): Problem[] {
  return pairs.map((studies) =>
    problem(
      "near-duplicate",
      `images ${studies.map(named).join(", ")}`,
      "Two films of different splits look the same.",
    ),
  );
}
