/** Films and masks as the encoder sees them, held in memory: what an encoder is pretrained on. */
import { availableParallelism } from "node:os";
import type { Reporter } from "../../base/reporter.ts";
import type { EncoderView, GreyImage } from "../../images/index.ts";
import { maskKey, type ReadFilm } from "../features.ts";
import type { PreprocessJob } from "./preprocess.ts";
import { preprocessPool } from "./preprocess-pool.ts";

/** A film, and the boxes of the masks that are wanted for it. */
export type SquareRequest = PreprocessJob;

export interface FilmSquares {
  readonly film: ReadFilm;
  readonly image: GreyImage;
  /** One for each list of boxes, in order. */
  readonly masks: readonly GreyImage[];
}

/**
 * Reads films in worker threads; answers in the order of the requests.
 * @throws DataError for the first film that cannot be read
 */
export async function readSquares(
  requests: readonly SquareRequest[],
  view: EncoderView,
  reporter: Reporter,
): Promise<FilmSquares[]> {
  const threads = Math.min(availableParallelism(), Math.max(1, requests.length));
  await using pool = preprocessPool(threads, { view, knownImages: new Set(), knownMasks: new Set() });
  const progress = reporter.progress("read films", requests.length);
  const squares = await Promise.all(
    requests.map(async (request): Promise<FilmSquares> => {
      const { film, images, masks } = await pool.run(request);
      const byKey = new Map(masks);
      progress.advance();
      return { film, image: images[0]![1], masks: request.boxLists.map((boxes) => byKey.get(maskKey(boxes, film))!) };
    }),
  );
  progress.done();
  return squares;
}
