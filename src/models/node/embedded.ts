/** The tiny models that come with the package: known by name wherever a model folder or a run is asked for. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** `models/` of the package, from the sources and from their compiled form alike. */
const embeddedDir = fileURLToPath(new URL("../../../models", import.meta.url));

export const embeddedNames = ["tiny-clip", "tiny-gpt2", "tiny-regionformer"] as const;

export type EmbeddedName = (typeof embeddedNames)[number];

/** Whether this is an embedded model's name and no folder of the user's. */
export function isEmbedded(nameOrDir: string): nameOrDir is EmbeddedName {
  return embeddedNames.some((name) => name === nameOrDir) && !existsSync(nameOrDir);
}

/** The folder that a name or a path means: one's own folder first, then an embedded model of that name. */
export function locateModel(nameOrDir: string): string {
  return isEmbedded(nameOrDir) ? join(embeddedDir, nameOrDir) : nameOrDir;
}
