/** Where the models are that a checkpoint names. */
import { dirname, join } from "node:path";

/**
 * @param path as the checkpoint remembers it: a place on this machine, an embedded model's name, or a way that begins at the
 * checkpoint's own folder, for a model that moves with it
 */
export function rememberedPlace(checkpoint: string, path: string): string {
  return path.startsWith("../") ? join(dirname(checkpoint), path) : path;
}
