/** Films that occur more than once under different names. */
import { looksLike } from "../../images/index.ts";
import { groupBy } from "../group-by.ts";
import { type Problem, problem } from "../problems.ts";
import { type Study, splitNames } from "../vocabulary.ts";

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

/** Numbers of a relief that a first look compares, from all over the film. */
const glanceLength = 64;

/** The glances of all films one after the other: small enough to stay in a processor's cache. */
function glancesOf(films: readonly FilmPrint[]): Float32Array {
  const glances = new Float32Array(films.length * glanceLength);
  for (const [i, { relief }] of films.entries()) {
    const step = Math.floor(relief.length / glanceLength);
    for (let k = 0; k < glanceLength; k++) glances[i * glanceLength + k] = relief[k * step]!;
  }
  return glances;
}

/** Whether two films may look the same: a part of the squared distance is no more than all of it. */
function mayLookAlike(glances: Float32Array, i: number, j: number): boolean {
  const [a, b] = [i * glanceLength, j * glanceLength];
  const most = 2 - 2 * sameFilm;
  let distance = 0;
  for (let k = 0; k < glanceLength; k += 4) {
    const first = glances[a + k]! - glances[b + k]!;
    const second = glances[a + k + 1]! - glances[b + k + 1]!;
    const third = glances[a + k + 2]! - glances[b + k + 2]!;
    const fourth = glances[a + k + 3]! - glances[b + k + 3]!;
    distance += first * first + second * second + third * third + fourth * fourth;
    if (distance > most) return false;
  }
  return true;
}

/**
 * Films of different splits that look the same without having the same pixels. Every pair is compared; at 10,000 films
 * that takes seconds, since a first look settles almost every pair.
 */
export function nearDuplicates(prints: readonly FilmPrint[]): NearDuplicate[] {
  const films = firstOfEachImage(prints).filter(({ study }) => study.split !== undefined);
  const glances = glancesOf(films);
  const splits = Uint8Array.from(films, ({ study }) => splitNames.indexOf(study.split!));
  const found: NearDuplicate[] = [];
  for (let i = 0; i < films.length; i++) {
    for (let j = i + 1; j < films.length; j++) {
      if (splits[i] === splits[j] || !mayLookAlike(glances, i, j)) continue;
      const [a, b] = [films[i]!, films[j]!];
      if (a.contentHash !== b.contentHash && looksLike(a.relief, b.relief, sameFilm)) found.push([a.study, b.study]);
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
