/** Embeddings of all rows that somebody needs, in one file that grows. */
import { existsSync } from "node:fs";
import { lock } from "../../base/node/lock.ts";
import type { Reporter } from "../../base/reporter.ts";
import type { Row } from "../../data/index.ts";
import {
  checkEncoder,
  type Features,
  type FilmView,
  identifyEncoder,
  imageKey,
  maskKey,
  openEncoder,
} from "../../features/index.ts";
import {
  type EncodeOutcome,
  encodeDataset,
  interruptedEncoding,
  readFeatures,
  writeFeatures,
} from "../../features/node/index.ts";
import type { EncoderView } from "../../images/index.ts";
import { type EncoderModel, loadEncoder } from "../../models/node/index.ts";
import type { Runtime } from "../../runtime/index.ts";

export interface EmbeddingChoice {
  readonly encoderModel: string;
  readonly fit: EncoderView["fit"];
  readonly film: FilmView;
  /** Films and masks encoded together. */
  readonly batchSize: number;
}

/** Some minutes of encoding, and few seconds of writing the file. */
const filmsBetweenSavings = 200;

/** Whether film and mask of a row have their vectors. */
export function isEmbedded({ imageId, boxes }: Row, { films, filmView, imageVectors, maskVectors }: Features): boolean {
  const film = films.get(imageId);
  return (
    film !== undefined && imageVectors.has(imageKey(boxes, film, filmView)) && maskVectors.has(maskKey(boxes, film))
  );
}

/** What a features file holds, or nothing yet. @throws ModelError when it was made by another encoder or view */
export async function featuresBefore(
  path: string,
  model: EncoderModel,
  { fit, film }: Pick<EmbeddingChoice, "fit" | "film">,
): Promise<Features> {
  const encoder = identifyEncoder(model, fit);
  if (!existsSync(path)) {
    const nothing = { films: new Map(), imageVectors: new Map(), maskVectors: new Map() };
    const shown = film === "whole" ? {} : { filmView: film };
    return { encoder, ...shown, width: model.config.projectionWidth, ...nothing };
  }
  const found = await readFeatures(path);
  checkEncoder(path, found.encoder, encoder);
  return found;
}

/**
 * Embeds what the file does not hold yet. Nothing is read or opened when it holds everything.
 * @returns the features, and what happened when there was something to do
 * @throws InterruptedError when the user asks to stop; what is finished is saved
 */
export async function embedRows(
  path: string,
  rows: readonly Row[],
  { encoderModel, fit, film, batchSize }: EmbeddingChoice,
  runtime: Runtime,
  reporter: Reporter,
): Promise<{ readonly features: Features; readonly outcome?: EncodeOutcome }> {
  const model = await loadEncoder(encoderModel);
  await using held = await lock(`${path}.lock`, "The features file");
  const before = await featuresBefore(path, model, { fit, film });
  const missing = rows.filter((row) => !isEmbedded(row, before));
  if (missing.length === 0) return { features: before };
  await using encoder = await openEncoder(runtime, model.config, model.weights, batchSize);
  const save = async (features: Features) => {
    await held.confirm();
    await writeFeatures(path, features);
  };
  const outcome = await encodeDataset(missing, encoder, before, reporter, { everyFilms: filmsBetweenSavings, save });
  await save(outcome.features);
  if (outcome.interrupted) throw interruptedEncoding(path);
  return { features: outcome.features, outcome };
}
