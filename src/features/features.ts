/** Embeddings of films and masks, each distinct one once, and how a row finds its own. */
import { DataError } from "../base/errors.ts";
import type { Row } from "../data/index.ts";
import { type ColourModel, type EncoderView, type ImageSize, type UnitBox, unitToPixel } from "../images/index.ts";
import type { ModelIdentity } from "../models/captioner/index.ts";

/** Which encoder made the vectors, and from what view of the film. */
export interface EncoderIdentity extends ModelIdentity {
  /** Version of normalisation and resampling; vectors of another version are never mixed. */
  readonly preprocessing: string;
  readonly view: EncoderView;
}

/** What is known of a film once it has been read. */
export interface ReadFilm extends ImageSize {
  /** SHA-256 of the file's bytes: the key of its vector. */
  readonly key: string;
  readonly colourModel: ColourModel;
}

/** A film that others read: its vectors came in a cache, and nobody wrote down its size. */
export interface CachedFilm {
  /** The key of its vector. */
  readonly key: string;
  /** The public code kept no others. */
  readonly colourModel: "grey";
}

export type FilmEntry = ReadFilm | CachedFilm;

/** How a row's film is shown to the encoder: whole, with the row's boxes drawn on it, or the part within them. */
export const filmViews = ["whole", "boxes drawn", "cropped to boxes"] as const;

export type FilmView = (typeof filmViews)[number];

export interface Features {
  readonly encoder: EncoderIdentity;
  /** Whole when absent. Vectors of other views stand beside those of whole films, under keys of their own. */
  readonly filmView?: FilmView;
  /** C: width of one embedding. */
  readonly width: number;
  /** Films by image ID. */
  readonly films: ReadonlyMap<string, FilmEntry>;
  /** Unit vectors [C] by film key. */
  readonly imageVectors: ReadonlyMap<string, Float32Array>;
  /** Unit vectors [C] by mask key. */
  readonly maskVectors: ReadonlyMap<string, Float32Array>;
}

/** Changes whenever normalisation, mask or resampling change a single pixel. */
export const preprocessingVersion = "1";

/** The key of every mask without a box: its encoder input is black whatever the film's size. */
export const blackMaskKey = "black";

/**
 * Two rows with the same key have the same mask, pixel for pixel. Of a film without a size the key is made of the boxes
 * as they are annotated, and is this film's alone.
 */
export function maskKey(boxes: readonly UnitBox[], film: ImageSize | CachedFilm): string {
  if (!("width" in film)) return cachedMaskKey(boxes, film);
  const drawn = boxes.flatMap((box) => {
    const pixels = unitToPixel(box, film);
    return pixels === undefined ? [] : [`${pixels.x1},${pixels.y1},${pixels.x2},${pixels.y2}`];
  });
  if (drawn.length === 0) return blackMaskKey;
  return `${film.width}x${film.height} ${[...new Set(drawn)].sort().join(" ")}`;
}

function cachedMaskKey(boxes: readonly UnitBox[], { key }: CachedFilm): string {
  const drawn = boxes.filter(
    ({ x1, y1, x2, y2 }) => Math.max(0, x1) < Math.min(1, x2) && Math.max(0, y1) < Math.min(1, y2),
  );
  if (drawn.length === 0) return blackMaskKey;
  return `${key} ${[...new Set(drawn.map(({ x1, y1, x2, y2 }) => `${x1},${y1},${x2},${y2}`))].sort().join(" ")}`;
}

/** The key of a row's film as it is shown: a film without a box is shown whole in every view. */
export function imageKey(boxes: readonly UnitBox[], film: FilmEntry, filmView: FilmView = "whole"): string {
  if (filmView === "whole") return film.key;
  const mask = maskKey(boxes, film);
  return mask === blackMaskKey ? film.key : `${film.key} ${filmView} ${mask}`;
}

/** The film's and the mask's vectors of a row. @throws DataError when the features do not hold them */
export function vectorsOf(features: Features, row: Row): { readonly image: Float32Array; readonly mask: Float32Array } {
  const film = features.films.get(row.imageId);
  const image = film && features.imageVectors.get(imageKey(row.boxes, film, features.filmView));
  const mask = film && features.maskVectors.get(maskKey(row.boxes, film));
  if (image !== undefined && mask !== undefined) return { image, mask };
  throw new DataError("The features do not hold this row.", {
    where: `image ${row.imageId}`,
    expected: "an embedding of the film and one of the row's mask",
    found: image === undefined ? "no film of this name" : "no mask with these boxes",
    remedy: "Run `encode` again on this data set, with the same reader, into the same file.",
  });
}
