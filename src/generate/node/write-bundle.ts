/** A training's checkpoint and its two models in one folder: only what describing reads, as small as wanted. */
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { ModelError } from "../../base/errors.ts";
import { readJsonObject } from "../../base/node/json.ts";
import { encoderOfCheckpoint } from "../../features/index.ts";
import { decoderPrefix } from "../../models/gpt2/index.ts";
import {
  identifyModel,
  isHuggingFaceFolder,
  locateModel,
  rememberedPlace,
  writeCheckpoint,
} from "../../models/node/index.ts";
import { type FloatStorage, planTensors, type Weights } from "../../weights/index.ts";
import { openModelFolder, writeModelFolder } from "../../weights/node/index.ts";
import { paperSearch } from "../captioner.ts";
import { type DescriberOptions, loadDescriberParts } from "./open-describer.ts";

export interface BundleRequest extends Omit<DescriberOptions, "settings"> {
  /** The checkpoint to copy. */
  readonly checkpoint: string;
  /** How the copies store their numbers; reading always gives float32. */
  readonly dtype: FloatStorage;
}

/** Bytes of each weights file that was written. */
export interface BundleSizes {
  readonly checkpoint: number;
  readonly encoder: number;
  readonly decoder: number;
}

/**
 * Writes `encoder/`, `decoder/` and, last, `checkpoints/best.safetensors`. Tensors that describing does not read, such as
 * CLIP's text tower, stay behind, and a decoder that was trained too is stored once, in its folder. The checkpoint of the copy
 * names the models beside it by the way from there, so that the folder may move, and in its note "bundle" those that they were
 * made from.
 * @param dir an empty run folder
 * @param bestCheckpoint where in it the checkpoint belongs
 * @throws ModelError when a model is missing or is not the one of the training, when the encoder is under OpenAI's names,
 * or when a number is too large for float16
 */
export async function writeBundle(
  dir: string,
  bestCheckpoint: string,
  { checkpoint, dtype, ...places }: BundleRequest,
): Promise<BundleSizes> {
  const { captioner, encoder } = await loadDescriberParts(checkpoint, { ...places, settings: paperSearch });
  const trainedOn = encoderOfCheckpoint(checkpoint, captioner.notes);
  const encoderDir = locateModel(places.encoderModel ?? rememberedPlace(checkpoint, trainedOn.path));
  if (!(await isHuggingFaceFolder(encoderDir))) {
    throw new ModelError("An encoder under OpenAI's names cannot be bundled.", {
      where: encoderDir,
      expected: "a folder in Hugging Face's layout, with config.json and model.safetensors",
      remedy: "Train with the same encoder in that layout, such as openai/clip-vit-base-patch32.",
    });
  }
  const isDecoders = (name: string) => name.startsWith(`${decoderPrefix}.`);
  const decoderWeights = new Map(
    [...captioner.weights]
      .filter(([name]) => isDecoders(name))
      .map(([name, array]) => [name.slice(decoderPrefix.length + 1), array]),
  );
  const copies = {
    encoder: await copyModel(encoderDir, join(dir, "encoder"), ["preprocessor_config.json"], encoder.weights, dtype),
    decoder: await copyModel(
      captioner.decoderDir,
      join(dir, "decoder"),
      ["tokenizer.json", "tokenizer_config.json"],
      decoderWeights,
      dtype,
    ),
  };
  const madeFrom = { dtype, encoder: trainedOn.hash, decoder: captioner.info.decoder.hash };
  await writeCheckpoint(bestCheckpoint, {
    weights: new Map([...captioner.weights].filter(([name]) => !isDecoders(name))),
    info: { ...captioner.info, decoder: copies.decoder.identity },
    notes: {
      ...captioner.notes,
      encoder: JSON.stringify({ ...trainedOn, ...copies.encoder.identity }),
      bundle: JSON.stringify(madeFrom),
    },
    storage: dtype,
  });
  return {
    checkpoint: (await stat(bestCheckpoint)).size,
    encoder: copies.encoder.bytes,
    decoder: copies.decoder.bytes,
  };
}

/** Copies a model folder's configuration, these of its files ({} for one that is not there), and weights. */
async function copyModel(from: string, to: string, names: readonly string[], weights: Weights, storage: FloatStorage) {
  const files = await Promise.all(
    ["config.json", ...names].map(async (name) => [name, (await readJsonObject(join(from, name))) ?? {}] as const),
  );
  const tensors = planTensors(weights).map((tensor) => ({ ...tensor, storage }));
  await writeModelFolder(to, Object.fromEntries(files), tensors);
  const folder = await openModelFolder(to);
  const identity = { ...(await identifyModel(folder, to)), path: `../${basename(to)}` };
  return { identity, bytes: (await stat(folder.weightsPath)).size };
}
