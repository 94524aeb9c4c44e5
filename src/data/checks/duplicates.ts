/** Films that occur more than once under different names. */
import { KeyTable, repeated } from "../compact/key-table.ts";
import type { Studies } from "../compact/studies.ts";
import { type Problem, problem } from "../problems.ts";
import { type Study, splitNames } from "../vocabulary.ts";
import { alikePairs } from "./alike.ts";
import type { FilmTable } from "./film-table.ts";

/**
 * From which likeness on two films are called the same. Different real films stay below 0.7; one that was scaled, saved as
 * JPEG, or had its contrast changed stays above 0.99. A film that was cut differently is not found.
 */
const sameFilm = 0.99;
/** Lookalikes that are kept for a page. */
const mostPairs = 100;

function named({ imageId, split }: Study): string {
  return `${imageId} (${split ?? "no split"})`;
}

/** Two studies of different splits whose films look the same. */
export type NearDuplicate = readonly [Study, Study];

export interface DuplicateFilms {
  /** Films with the same pixels under several names. */
  readonly sameContent: readonly Problem[];
  /** Films of different splits that look the same without having the same pixels, in file order. */
  readonly alike: readonly Problem[];
  /** The first of the alike ones. */
  readonly nearDuplicates: readonly NearDuplicate[];
}

export function duplicateFilms(studies: Studies, films: FilmTable): DuplicateFilms {
  if (films.prints === 0) return { sameContent: [], alike: [], nearDuplicates: [] };
  const splitOf = new Int8Array(studies.length).fill(-1);
  // One film per image ID: an ID that occurs twice is another problem.
  const images = new KeyTable();
  const first: number[] = [];
  let index = -1;
  for (const { imageId, split } of studies) {
    index++;
    if (films.hashOf(index) === undefined || images.add(imageId) > 0) continue;
    if (split !== undefined) splitOf[index] = splitNames.indexOf(split);
    first.push(index);
  }
  const study = (i: number) => studies.at(i)!;
  const hashOf = (i: number) => films.hashOf(i);
  const sameContent = [...repeated(first, hashOf).values()].map((group) => {
    const where = `images ${group
      .slice(0, 5)
      .map((i) => named(study(i)))
      .join(", ")}`;
    const isAcross = new Set(group.map((i) => splitOf[i])).size > 1;
    const code = isAcross ? "duplicate-content-across-splits" : "duplicate-content";
    return problem(code, where, `${group.length} images have the same pixels.`);
  });
  const inSplits = first.filter((i) => splitOf[i]! >= 0);
  const pairs = alikeIn(inSplits, films, splitOf);
  return {
    sameContent,
    alike: pairs.map((pair) => {
      const where = `images ${pair.map((i) => named(study(i))).join(", ")}`;
      return problem("near-duplicate", where, "Two films of different splits look the same.");
    }),
    nearDuplicates: pairs.slice(0, mostPairs).map(([i, j]) => [study(i), study(j)]),
  };
}

/** Pairs of indices whose films look the same and whose splits differ, in file order. */
function alikeIn(indices: readonly number[], films: FilmTable, splitOf: Int8Array): (readonly [number, number])[] {
  // Films with the same pixels are compared once, whatever their number.
  const copies = new Map([...repeated(indices, (i) => films.hashOf(i)).values()].map((group) => [group[0]!, group]));
  const further = new Set([...copies.values()].flatMap((group) => group.slice(1)));
  const compared = indices.filter((i) => !further.has(i));
  const group = (place: number) => copies.get(compared[place]!) ?? [compared[place]!];
  const found = alikePairs(
    compared.map((i) => films.reliefOf(i)),
    sameFilm,
  ).flatMap(([a, b]) =>
    group(a).flatMap((i) =>
      group(b).flatMap((j): [number, number][] =>
        splitOf[i] === splitOf[j] ? [] : [[Math.min(i, j), Math.max(i, j)]],
      ),
    ),
  );
  return found.sort(([i, j], [k, l]) => i - k || j - l);
}
