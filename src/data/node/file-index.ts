/** All files below a folder, by name: images of the release lie in one place or another. */
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { DataError } from "../../base/errors.ts";
import { fileErrorCode } from "../../base/node/files.ts";

/** Paths by file name, the shallowest first. */
export type FileIndex = ReadonlyMap<string, readonly string[]>;

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === undefined) throw error;
    throw new DataError(
      "The folder cannot be read.",
      { where: folder, found: code, remedy: "Check the path and its permissions." },
      { cause: error },
    );
  }
}

/** What a symbolic link leads to; undefined for one that leads nowhere. */
async function followed(path: string) {
  try {
    return await stat(path);
  } catch {
    return undefined;
  }
}

/**
 * Looks through a folder and all below it, level by level. Symbolic links are followed, each folder once.
 * @throws DataError when a folder is missing or cannot be read
 */
export async function indexFiles(root: string): Promise<FileIndex> {
  const index = new Map<string, string[]>();
  const visited = new Set<string>();
  let level = [root];
  while (level.length > 0) {
    const below: string[] = [];
    for (const folder of level) {
      const entries = await entriesOf(folder);
      const real = await realpath(folder);
      if (visited.has(real)) continue;
      visited.add(real);
      for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
        const path = join(folder, entry.name);
        const target = entry.isSymbolicLink() ? await followed(path) : entry;
        if (target?.isDirectory()) below.push(path);
        else if (target?.isFile()) index.set(entry.name, [...(index.get(entry.name) ?? []), path]);
      }
    }
    level = below;
  }
  return index;
}
