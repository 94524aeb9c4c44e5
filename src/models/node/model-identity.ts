import { basename, resolve } from "node:path";
import { hashModelFolder, type ModelFolder } from "../../weights/node/index.ts";
import type { ModelIdentity } from "../captioner/index.ts";
import { isEmbedded } from "./embedded.ts";

/**
 * Name, place and content hash of a model folder.
 * @param asked how it was asked for: an embedded model keeps its name as its place, so that its users can move
 */
export async function identifyModel(folder: ModelFolder, asked: string): Promise<ModelIdentity> {
  const path = isEmbedded(asked) ? asked : resolve(folder.dir);
  return { name: basename(resolve(folder.dir)), path, hash: await hashModelFolder(folder) };
}
