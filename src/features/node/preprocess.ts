/** One film file → what the encoder must see of it: runs in a worker thread, so that reading overlaps with encoding. */
import { sha256 } from "../../base/node/hash.ts";
import { cropToBoxes, drawBoxes } from "../../data/transforms/film-controls.ts";
import {
  type EncoderView,
  type Film,
  filmInput,
  fitToView,
  type GreyImage,
  type ImageSource,
  maskInput,
  normalise,
  sourceName,
  type UnitBox,
} from "../../images/index.ts";
import { decodeFilm, readImageBytes } from "../../images/node/index.ts";
import { blackMaskKey, type FilmView, imageKey, maskKey, type ReadFilm } from "../features.ts";

export interface PreprocessJob {
  readonly source: ImageSource;
  /** Boxes of every row of this film. */
  readonly boxLists: readonly (readonly UnitBox[])[];
}

export interface PreprocessSettings {
  readonly view: EncoderView;
  readonly filmView?: FilmView;
  /** Keys of films and masks that have their vectors already. */
  readonly knownImages: ReadonlySet<string>;
  readonly knownMasks: ReadonlySet<string>;
}

export interface PreprocessResult {
  readonly film: ReadFilm;
  /** The normalised film [S, S], as it is shown for each list of boxes, by key; without those whose vectors are known. */
  readonly images: readonly (readonly [key: string, image: GreyImage])[];
  /** Masks [S, S] by key, without the known ones. */
  readonly masks: readonly (readonly [key: string, mask: GreyImage])[];
}

/** A film with its boxes in it, as the encoder sees it: changed at full resolution, then fitted. */
function shownWith(boxes: readonly UnitBox[], film: Film, filmView: FilmView, view: EncoderView): GreyImage {
  const normalised = normalise(film);
  const shown = filmView === "boxes drawn" ? drawBoxes(normalised, boxes) : cropToBoxes(normalised, boxes);
  return fitToView(shown, view);
}

/** @throws DataError naming the file when it cannot be read */
export async function preprocess(job: PreprocessJob, settings: PreprocessSettings): Promise<PreprocessResult> {
  const bytes = await readImageBytes(job.source);
  const decoded = await decodeFilm(bytes, sourceName(job.source));
  const { width, height, colourModel } = decoded;
  const film: ReadFilm = { key: sha256(bytes), width, height, colourModel };
  const masks = new Map<string, GreyImage>();
  for (const boxes of job.boxLists) {
    const key = maskKey(boxes, film);
    if (masks.has(key) || settings.knownMasks.has(key)) continue;
    masks.set(key, maskInput(key === blackMaskKey ? [] : boxes, film, settings.view));
  }
  const { filmView = "whole", view } = settings;
  const images = new Map<string, GreyImage>();
  for (const boxes of job.boxLists) {
    const key = imageKey(boxes, film, filmView);
    if (images.has(key) || settings.knownImages.has(key)) continue;
    images.set(key, key === film.key ? filmInput(decoded, view) : shownWith(boxes, decoded, filmView, view));
  }
  return { film, masks: [...masks], images: [...images] };
}
