import type { Weights } from "../../weights/index.ts";
import { openModelFolder, readWeights } from "../../weights/node/index.ts";
import type { ModelIdentity } from "../captioner/index.ts";
import { type ClipVisionConfig, clipVisionShapes, parseClipConfig } from "../clip/index.ts";
import { identifyModel } from "./model-identity.ts";

export interface EncoderModel {
  readonly config: ClipVisionConfig;
  /** Under their official names, `vision_model.*` and `visual_projection.weight`. */
  readonly weights: Weights;
  readonly identity: ModelIdentity;
}

/** Reads a CLIP folder. @throws ModelError when the folder holds another model, or weights that do not fit it */
export async function loadEncoder(dir: string): Promise<EncoderModel> {
  const folder = await openModelFolder(dir);
  const config = parseClipConfig(folder.config, folder.configPath);
  const weights = await readWeights(folder, clipVisionShapes(config));
  return { config, weights, identity: await identifyModel(folder) };
}
