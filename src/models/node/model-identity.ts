import { basename, resolve } from "node:path";
import { hashModelFolder, type ModelFolder } from "../../weights/node/index.ts";
import type { ModelIdentity } from "../captioner/index.ts";

/** Name, place and content hash of a model folder. */
export async function identifyModel(folder: ModelFolder): Promise<ModelIdentity> {
  return { name: basename(resolve(folder.dir)), path: resolve(folder.dir), hash: await hashModelFolder(folder) };
}
