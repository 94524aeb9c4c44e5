/** Which encoder made vectors, and whether two of them are the same. */
import { z } from "zod";
import { ModelError } from "../base/errors.ts";
import { parseJsonObject } from "../base/json.ts";
import { type Fit, fitNames } from "../images/index.ts";
import { type ModelIdentity, modelIdentitySchema } from "../models/captioner/index.ts";
import { type EncoderIdentity, preprocessingVersion } from "./features.ts";

export const encoderIdentitySchema = modelIdentitySchema.extend({
  preprocessing: z.string(),
  view: z.object({ fit: z.enum(fitNames), side: z.number().int().positive() }),
});

/** What an encoder's folder says about it. */
interface IdentifiedEncoder {
  readonly identity: ModelIdentity;
  readonly config: { readonly imageSize: number };
  /** The version of our preprocessing it was trained with; undefined for a model that others trained. */
  readonly preprocessing: string | undefined;
}

/**
 * The identity of what an encoder will make.
 * @throws ModelError when the encoder was trained with another version of our preprocessing
 */
export function identifyEncoder({ identity, config, preprocessing }: IdentifiedEncoder, fit: Fit): EncoderIdentity {
  if (preprocessing !== undefined && preprocessing !== preprocessingVersion) {
    throw new ModelError("The encoder was trained with another version of the preprocessing.", {
      where: identity.path,
      expected: `preprocessing ${preprocessingVersion}, which this program does`,
      found: `preprocessing ${preprocessing}`,
      remedy: "Use the program's version that came with this encoder, or train it again.",
    });
  }
  return { ...identity, preprocessing: preprocessingVersion, view: { fit, side: config.imageSize } };
}

/**
 * The encoder whose features a checkpoint was trained on.
 * @param notes the checkpoint's
 * @throws ModelError when they do not say
 */
export function encoderOfCheckpoint(path: string, notes: Readonly<Record<string, string>>): EncoderIdentity {
  const parsed = encoderIdentitySchema.safeParse(parseJsonObject(notes.encoder ?? ""));
  if (parsed.success) return parsed.data;
  throw new ModelError("The checkpoint does not say which encoder it was trained on.", { where: path });
}

const inWords = ({ hash, preprocessing, view }: EncoderIdentity) =>
  `encoder ${hash.slice(0, 12)}…, ${view.fit} ${view.side}, preprocessing ${preprocessing}`;

/** @throws ModelError when vectors were made by another encoder, view or preprocessing than wanted */
export function checkFeatures(path: string, found: EncoderIdentity, wanted: EncoderIdentity): void {
  const [expected, actual] = [inWords(wanted), inWords(found)];
  if (actual === expected) return;
  throw new ModelError("The features were made in another way.", {
    where: path,
    expected,
    found: actual,
    remedy: "Write to another --out file, or use the encoder and fit that made this one.",
  });
}

/** @throws ModelError when an encoder is not the one a checkpoint was trained on */
export function checkEncoder(checkpoint: string, found: EncoderIdentity, trainedOn: EncoderIdentity): void {
  const [expected, actual] = [inWords(trainedOn), inWords(found)];
  if (actual === expected) return;
  throw new ModelError("The encoder is not the one this checkpoint was trained on.", {
    where: checkpoint,
    expected: `${trainedOn.name}, ${expected}`,
    found: `${found.name}, ${actual}`,
    remedy: "Give the encoder's folder with --encoder-model.",
  });
}
