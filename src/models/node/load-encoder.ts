import { join } from "node:path";
import { readJsonObject } from "../../base/node/json.ts";
import type { Weights } from "../../weights/index.ts";
import { type ModelFolder, openModelFolder, readWeights } from "../../weights/node/index.ts";
import type { ModelIdentity } from "../captioner/index.ts";
import { type ClipVisionConfig, clipVisionShapes, parseClipConfig } from "../clip/index.ts";
import { locateModel } from "./embedded.ts";
import { identifyModel } from "./model-identity.ts";

export interface EncoderModel {
  readonly config: ClipVisionConfig;
  /** Under their official names, `vision_model.*` and `visual_projection.weight`. */
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

/** Reads a CLIP folder. @throws ModelError when the folder holds another model, or weights that do not fit it */
export async function loadEncoder(dir: string): Promise<EncoderModel> {
  const folder = await openModelFolder(locateModel(dir));
  const config = parseClipConfig(folder.config, folder.configPath);
  const weights = await readWeights(folder, clipVisionShapes(config));
  return {
    config,
    weights,
    identity: await identifyModel(folder, dir),
    preprocessing: await readPreprocessing(folder),
  };
}
