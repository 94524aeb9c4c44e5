import type { Weights } from "../../weights/index.ts";
import { openModelFolder, readWeights } from "../../weights/node/index.ts";
import type { ModelIdentity } from "../captioner/index.ts";
import { decoderPrefix, type Gpt2Config, gpt2Shapes, gpt2StoredName, parseGpt2Config } from "../gpt2/index.ts";
import { locateModel } from "./embedded.ts";
import { identifyModel } from "./model-identity.ts";

export interface DecoderModel {
  readonly config: Gpt2Config;
  /** Under their names in a captioning model, `gpt.transformer.*`. */
  readonly weights: Weights;
  readonly identity: ModelIdentity;
}

/** Reads a GPT-2 folder. @throws ModelError when the folder holds another model, or weights that do not fit it */
export async function loadDecoder(dir: string): Promise<DecoderModel> {
  const folder = await openModelFolder(locateModel(dir));
  const config = parseGpt2Config(folder.config, folder.configPath);
  // Reading waits for the disk while hashing computes.
  const [stored, identity] = await Promise.all([
    readWeights(folder, gpt2Shapes(config), gpt2StoredName(folder.entries)),
    identifyModel(folder, dir),
  ]);
  const weights = new Map([...stored].map(([name, array]) => [`${decoderPrefix}.${name}`, array]));
  return { config, weights, identity };
}
