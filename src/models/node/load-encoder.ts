import { basename, join, resolve } from "node:path";
import { readJsonObject } from "../../base/node/json.ts";
import type { Weights } from "../../weights/index.ts";
import {
  findWeights,
  hashWeightsFiles,
  type ModelFolder,
  openModelFolder,
  readWeights,
} from "../../weights/node/index.ts";
import type { ModelIdentity } from "../captioner/index.ts";
import { type EncoderConfig, encoderShapes, parseClipConfig } from "../clip/index.ts";
import { locateModel } from "./embedded.ts";
import { identifyModel } from "./model-identity.ts";
import { findOpenAiClip, openClipNames, readOpenAiClip } from "./openai-clip.ts";

export interface EncoderModel {
  readonly config: EncoderConfig;
  /** Under their official names: `vision_model.*` and `visual_projection.weight`, or `visual.*` of a residual network. */
  readonly weights: Weights;
  readonly identity: ModelIdentity;
  /** The version of our preprocessing it was trained with; undefined for a model that others trained. */
  readonly preprocessing: string | undefined;
}

const versionKey = "regionformer_preprocessing";

async function readPreprocessing({ dir }: ModelFolder): Promise<string | undefined> {
  const version = (await readJsonObject(join(dir, "preprocessor_config.json")))?.[versionKey];
  return version === undefined ? undefined : String(version);
}

/**
 * Reads a CLIP image encoder.
 * @param path a folder in Hugging Face's layout (with `model_type` in its config.json), a folder of open_clip, or a
 * `.pt` file as OpenAI published it
 * @throws ModelError when there is another model, or weights that do not fit
 */
export async function loadEncoder(path: string): Promise<EncoderModel> {
  const place = locateModel(path);
  if (!(await isHuggingFaceFolder(place))) return loadOpenAi(path);
  const folder = await openModelFolder(place);
  const config = parseClipConfig(folder.config, folder.configPath);
  const [weights, identity] = await Promise.all([
    readWeights(folder, encoderShapes(config)),
    identifyModel(folder, path),
  ]);
  return {
    config,
    weights,
    identity,
    preprocessing: await readPreprocessing(folder),
  };
}

/** Whether an encoder is in Hugging Face's layout: open_clip's folders may have a config.json too, of another make. */
export async function isHuggingFaceFolder(path: string): Promise<boolean> {
  if ((await findWeights(path, openClipNames)) !== undefined) return false;
  return (await findWeights(path, ["config.json"])) !== undefined;
}

async function loadOpenAi(path: string): Promise<EncoderModel> {
  const file = await findOpenAiClip(path);
  const { config, weights } = await readOpenAiClip(file);
  return {
    config,
    weights,
    identity: { name: basename(resolve(path)), path: resolve(path), hash: await hashWeightsFiles(file) },
    preprocessing: undefined,
  };
}
