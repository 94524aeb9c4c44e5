/** Films that occur more than once under different names. */
import { KeyTable, repeated } from "../compact/key-table.ts";
import type { Studies } from "../compact/studies.ts";
import { groupBy } from "../group-by.ts";
import { type Problem, problem } from "../problems.ts";
import { type Study, splitNames } from "../vocabulary.ts";
import { alikeGroups } from "./alike.ts";
import type { FilmTable } from "./film-table.ts";

/**
 * From which likeness on two films are called the same. Different real films stay below 0.7; one that was scaled, saved as
 * JPEG, or had its brightness or contrast changed stays above 0.99. A film that was cut differently is not found.
 */
const sameFilm = 0.99;
/** Groups of lookalikes that are kept for a page, and films of each. */
const mostGroups = 100;
const mostOfGroup = 6;
/** Films that a problem names. */
const filmsNamed = 10;

function named({ imageId, split }: Study): string {
  return `${imageId} (${split ?? "no split"})`;
}

/** Some studies of different splits whose films look the same. */
export type NearDuplicates = readonly Study[];

export interface DuplicateFilms {
  /** Films with the same pixels under several names. */
  readonly sameContent: readonly Problem[];
  /** Films of different splits that look the same without all having the same pixels, in file order. */
  readonly alike: readonly Problem[];
  /** The first of the alike ones. */
  readonly nearDuplicates: readonly NearDuplicates[];
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
  const isAcross = (group: readonly number[]) =>
    new Set(group.map((i) => splitOf[i]!).filter((split) => split >= 0)).size > 1;
  const where = (group: readonly number[]) => {
    const names = someOfEverySplit(group, splitOf, filmsNamed).map((i) => named(study(i)));
    const rest = group.length - names.length;
    return `images ${names.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
  };
  const sameContent = [...repeated(first, (i) => films.hashOf(i)).values()].map((group) => {
    const code = isAcross(group) ? "duplicate-content-across-splits" : "duplicate-content";
    return problem(code, where(group), `${group.length} images have the same pixels.`);
  });
  const inSplits = first.filter((i) => splitOf[i]! >= 0);
  const groups = lookalikes(inSplits, films).filter(isAcross);
  return {
    sameContent,
    alike: groups.map((group) =>
      problem("near-duplicate", where(group), `${group.length} films of different splits look the same.`),
    ),
    nearDuplicates: groups
      .slice(0, mostGroups)
      .map((group) => someOfEverySplit(group, splitOf, mostOfGroup).map((i) => study(i))),
  };
}

/** So many of a group, in its order, but at least one of each split: which splits they are in must show. */
function someOfEverySplit(group: readonly number[], splitOf: Int8Array, most: number): number[] {
  const firsts = [...groupBy(group, (i) => splitOf[i]!).values()].map(([one]) => one!);
  return [...new Set([...firsts, ...group])].slice(0, most).sort((i, j) => i - j);
}

/** Groups of indices whose films look the same without all having the same pixels, in file order. */
function lookalikes(indices: readonly number[], films: FilmTable): number[][] {
  // Films with the same pixels are compared once, whatever their number.
  const copies = new Map([...repeated(indices, (i) => films.hashOf(i)).values()].map((group) => [group[0]!, group]));
  const further = new Set([...copies.values()].flatMap((group) => group.slice(1)));
  const compared = indices.filter((i) => !further.has(i));
  const groups = alikeGroups(
    compared.map((i) => films.reliefOf(i)),
    sameFilm,
  );
  return groups.map((places) =>
    places.flatMap((place) => copies.get(compared[place]!) ?? [compared[place]!]).sort((i, j) => i - j),
  );
}
