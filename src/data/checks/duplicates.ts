/** Films that occur more than once under different names. */
import { looksLike } from "../../images/index.ts";
import { groupBy } from "../group-by.ts";
import { type Problem, problem } from "../problems.ts";
import type { Study } from "../vocabulary.ts";

/** What is kept of a film that was read. */
export interface FilmPrint {
  readonly study: Study;
  readonly contentHash: string;
  readonly relief: Float32Array;
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
function firstOfEachImage(prints: readonly FilmPrint[]): FilmPrint[] {
  return [...groupBy(prints, ({ study }) => study.imageId).values()].map(([first]) => first!);
}

/** Films with the same pixels under several names. */
export function sameContent(prints: readonly FilmPrint[]): Problem[] {
  const groups = [...groupBy(firstOfEachImage(prints), ({ contentHash }) => contentHash).values()];
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

/**
 * Films of different splits that look the same without having the same pixels. Every pair is compared; at 10,000 films
 * that takes seconds, since almost every pair is settled after a few numbers.
 */
export function nearDuplicates(prints: readonly FilmPrint[]): NearDuplicate[] {
  const films = firstOfEachImage(prints).filter(({ study }) => study.split !== undefined);
  const found: NearDuplicate[] = [];
  for (const [i, a] of films.entries()) {
    for (let j = i + 1; j < films.length; j++) {
      const b = films[j]!;
      const isOther = a.study.split !== b.study.split && a.contentHash !== b.contentHash;
      if (isOther && looksLike(a.relief, b.relief, sameFilm)) found.push([a.study, b.study]);
    }
  }
  return found;
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
