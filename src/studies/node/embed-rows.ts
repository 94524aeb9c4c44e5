/** Embeddings of all rows that somebody needs, in one file that grows. */
import { lock } from "../../base/node/lock.ts";
import type { Reporter } from "../../base/reporter.ts";
import type { Row } from "../../data/index.ts";
import { type Features, type FilmView, imageKey, maskKey, openEncoder } from "../../features/index.ts";
import { type EncodeOutcome, encodeInto, featuresBefore } from "../../features/node/index.ts";
import type { EncoderView } from "../../images/index.ts";
import type { EncoderModel } from "../../models/node/index.ts";
import type { Runtime } from "../../runtime/index.ts";

export interface EmbeddingChoice {
  readonly model: EncoderModel;
  readonly fit: EncoderView["fit"];
  readonly film: FilmView;
  /** Films and masks encoded together. */
  readonly batchSize: number;
}

/** Whether film and mask of a row have their vectors in the file. */
export function isEncoded({ imageId, boxes }: Row, { films, filmView, imageVectors, maskVectors }: Features): boolean {
  const film = films.get(imageId);
  return (
    film !== undefined && imageVectors.has(imageKey(boxes, film, filmView)) && maskVectors.has(maskKey(boxes, film))
  );
}

/**
 * Embeds what the file does not hold yet. Nothing is read or opened when it holds everything.
 * @returns the features, and what happened when there was something to do
 * @throws InterruptedError when the user asks to stop; what is finished is saved
 */
export async function embedRows(
  path: string,
  rows: readonly Row[],
  { model, fit, film, batchSize }: EmbeddingChoice,
  runtime: Runtime,
  reporter: Reporter,
): Promise<{ readonly features: Features; readonly outcome?: EncodeOutcome }> {
  await using held = await lock(`${path}.lock`, "The features file");
  const before = await featuresBefore(path, model, { fit, film });
  const missing = rows.filter((row) => !isEncoded(row, before));
  if (missing.length === 0) return { features: before };
  await using encoder = await openEncoder(runtime, model.config, model.weights, batchSize);
  const outcome = await encodeInto(path, missing, encoder, before, held, reporter);
  return { features: outcome.features, outcome };
}
