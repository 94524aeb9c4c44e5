/** Vectors that the public code computed, as features (REFERENCE §5). */
import { DataError } from "../base/errors.ts";
import type { UnitBox } from "../images/index.ts";
import { type CachedFilm, type EncoderIdentity, type Features, maskKey } from "./features.ts";

/** A row of a cache with its two vectors as they stand there; on CUDA the public code made them in float16. */
export interface CachedRow {
  readonly imageId: string;
  readonly caption: string;
  readonly boxes: readonly UnitBox[];
  /** [C] float32. */
  readonly image: Float32Array;
  /** [C] float32. */
  readonly mask: Float32Array;
}

/** How far a vector may be from another of the same thing, and its length from 1: float16 is ten times better. */
const roundingOfCaches = 1e-2;

/**
 * The vectors of rows, each distinct film and mask once, by the keys under which rows of a data set look for them. The
 * numbers stay as they are: float16's lengths are not corrected.
 * @param encoder what made them
 * @param width C of that encoder
 * @param where the file, for errors
 * @throws DataError when a vector has another width or length, or one film or mask has two
 */
export function featuresOfCache(
  rows: readonly CachedRow[],
  encoder: EncoderIdentity,
  width: number,
  where: string,
): Features {
  const films = new Map<string, CachedFilm>();
  const imageVectors = new Map<string, Float32Array>();
  const maskVectors = new Map<string, Float32Array>();
  const keep = (vectors: Map<string, Float32Array>, key: string, vector: Float32Array, place: string) => {
    checkVector(vector, width, place);
    const known = vectors.get(key);
    if (known === undefined) vectors.set(key, vector);
    else checkSame(vector, known, place);
  };
  for (const { imageId, boxes, image, mask } of rows) {
    const film = { key: `cached ${imageId}`, colourModel: "grey" } as const;
    films.set(imageId, film);
    keep(imageVectors, film.key, image, `${where}, image ${imageId}`);
    keep(maskVectors, maskKey(boxes, film), mask, `${where}, image ${imageId}, a mask of ${boxes.length} boxes`);
  }
  return { encoder, width, films, imageVectors, maskVectors };
}

function checkVector(vector: Float32Array, width: number, where: string): void {
  const remedy = "Give the encoder that made the cache with --encoder-model.";
  const expected = `${width} numbers, as the encoder makes them, of length 1`;
  if (vector.length !== width) {
    throw new DataError("A vector of the cache is not one of this encoder.", {
      where,
      expected,
      found: `${vector.length} numbers`,
      remedy,
    });
  }
  const length = Math.hypot(...vector);
  if (Math.abs(length - 1) <= roundingOfCaches) return;
  throw new DataError("A vector of the cache is not of length 1.", {
    where,
    expected,
    found: `length ${length}`,
    remedy,
  });
}

function checkSame(vector: Float32Array, known: Float32Array, where: string): void {
  const distance = Math.hypot(...vector.map((value, i) => value - known[i]!));
  if (distance <= roundingOfCaches) return;
  throw new DataError("The cache has two different vectors of one thing.", {
    where,
    expected: `a distance of at most ${roundingOfCaches}`,
    found: distance.toPrecision(3),
    remedy: "Import only caches that one encoder made with the same preprocessing.",
  });
}
