/** A features file that grows: what it holds already, and what is encoded into it. Callers hold its lock. */
import { existsSync } from "node:fs";
import { InterruptedError, ModelError } from "../../base/errors.ts";
import type { Lock } from "../../base/node/lock.ts";
import type { Reporter } from "../../base/reporter.ts";
import type { Row } from "../../data/index.ts";
import type { EncoderView } from "../../images/index.ts";
import type { EncoderModel } from "../../models/node/index.ts";
import type { Encoder } from "../encoder.ts";
import { checkFeatures, identifyEncoder } from "../encoder-identity.ts";
import type { Features, FilmView } from "../features.ts";
import { type EncodeOutcome, encodeDataset } from "./encode-dataset.ts";
import { readFeatures, writeFeatures } from "./features-file.ts";

/** Some minutes of encoding, and few seconds of writing the file. */
const filmsBetweenSavings = 200;

/** What a features file holds, or nothing yet. @throws ModelError when it was made by another encoder or view, or of other films */
export async function featuresBefore(
  path: string,
  model: EncoderModel,
  { fit, film = "whole" }: { readonly fit: EncoderView["fit"]; readonly film?: FilmView },
): Promise<Features> {
  const encoder = identifyEncoder(model, fit);
  if (!existsSync(path)) {
    const nothing = { films: new Map(), imageVectors: new Map(), maskVectors: new Map() };
    const shown = film === "whole" ? {} : { filmView: film };
    return { encoder, ...shown, width: model.config.projectionWidth, ...nothing };
  }
  const found = await readFeatures(path);
  checkFeatures(path, found.encoder, encoder);
  checkFilmView(path, found.filmView ?? "whole", film);
  return found;
}

/** Vectors of films with boxes on them must not be taken for those of whole films. */
function checkFilmView(path: string, found: FilmView, wanted: FilmView): void {
  if (found === wanted) return;
  throw new ModelError("The features were made of films that were shown otherwise.", {
    where: path,
    expected: `films shown: ${wanted}`,
    found: `films shown: ${found}`,
    remedy: "Write to another --out file.",
  });
}

/**
 * Encodes films and masks of the rows and writes the file, some films at a time.
 * @param before what the file holds
 * @param held the file's lock, asked at every saving
 * @throws InterruptedError when the user asks to stop; what is finished is saved
 */
export async function encodeInto(
  path: string,
  rows: readonly Row[],
  encoder: Encoder,
  before: Features,
  held: Lock,
  reporter: Reporter,
): Promise<EncodeOutcome> {
  const save = (features: Features) => held.write(() => writeFeatures(path, features));
  const outcome = await encodeDataset(rows, encoder, before, reporter, { everyFilms: filmsBetweenSavings, save });
  await save(outcome.features);
  if (!outcome.interrupted) return outcome;
  throw new InterruptedError("Encoding was interrupted; what is finished is saved.", {
    where: path,
    remedy: "Run the same command again: it continues where it stopped.",
  });
}
