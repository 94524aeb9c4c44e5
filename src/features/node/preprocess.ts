/** One film file → what the encoder must see of it: runs in a worker thread, so that reading overlaps with encoding. */
import { sha256 } from "../../base/node/hash.ts";
import {
  type EncoderView,
  filmInput,
  type GreyImage,
  type ImageSource,
  maskInput,
  sourceName,
  type UnitBox,
} from "../../images/index.ts";
import { decodeFilm, readImageBytes } from "../../images/node/index.ts";
import { blackMaskKey, maskKey, type ReadFilm } from "../features.ts";

export interface PreprocessJob {
  readonly source: ImageSource;
  /** Boxes of every row of this film. */
  readonly boxLists: readonly (readonly UnitBox[])[];
}

export interface PreprocessSettings {
  readonly view: EncoderView;
  /** Keys of films and masks that have their vectors already. */
  readonly knownImages: ReadonlySet<string>;
  readonly knownMasks: ReadonlySet<string>;
}

export interface PreprocessResult {
  readonly film: ReadFilm;
  /** The normalised film [S, S]; absent when its vector is known. */
  readonly image?: GreyImage;
  /** Masks [S, S] by key, without the known ones. */
  readonly masks: readonly (readonly [key: string, mask: GreyImage])[];
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
  const isKnown = settings.knownImages.has(film.key);
  return { film, masks: [...masks], ...(isKnown ? {} : { image: filmInput(decoded, settings.view) }) };
}
