/** All files below a folder, by name: images of the release lie in one place or another. */
import { opendir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { DataError } from "../../base/errors.ts";
import { fileErrorCode } from "../../base/node/files.ts";

/** Entries of a folder that are read at once. */
const entriesAtOnce = 1024;

/** Paths by file name, the shallowest first. A name costs its text and a number: paths are made when they are asked for. */
export class FileIndex {
  readonly #folders: string[] = [];
  /** Folders that hold a file of the name; most names are in one. */
  readonly #foldersOf = new Map<string, number | readonly number[]>();

  /** Adds the files of a folder. */
  add(folder: string, names: Iterable<string>): void {
    const number = this.#folders.push(folder) - 1;
    for (const name of names) {
      const known = this.#foldersOf.get(name);
      this.#foldersOf.set(name, known === undefined ? number : [known, number].flat());
    }
  }

  has(name: string): boolean {
    return this.#foldersOf.has(name);
  }

  get(name: string): readonly string[] | undefined {
    const folders = this.#foldersOf.get(name);
    return folders === undefined ? undefined : this.#paths(name, folders);
  }

  names(): Iterable<string> {
    return this.#foldersOf.keys();
  }

  *[Symbol.iterator](): Generator<readonly [name: string, paths: readonly string[]]> {
    for (const [name, folders] of this.#foldersOf) yield [name, this.#paths(name, folders)];
  }

  #paths(name: string, folders: number | readonly number[]): string[] {
    return [folders].flat().map((folder) => join(this.#folders[folder]!, name));
  }
}

async function readable<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
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

/** Names of the files and of the folders in a folder, in alphabetical order. */
async function namesIn(folder: string, signal: AbortSignal | undefined) {
  const [files, folders]: [string[], string[]] = [[], []];
  for await (const entry of await opendir(folder, { bufferSize: entriesAtOnce })) {
    signal?.throwIfAborted();
    const target = entry.isSymbolicLink() ? await followed(join(folder, entry.name)) : entry;
    if (target?.isDirectory()) folders.push(entry.name);
    else if (target?.isFile()) files.push(entry.name);
  }
  return { files: files.sort(), folders: folders.sort() };
}

/**
 * Looks through a folder and all below it, level by level. Symbolic links are followed, each folder once.
 * @throws DataError when a folder is missing or cannot be read; what the signal says when it is aborted
 */
export async function indexFiles(root: string, signal?: AbortSignal): Promise<FileIndex> {
  const index = new FileIndex();
  const visited = new Set<string>();
  let level = [root];
  while (level.length > 0) {
    const below: string[] = [];
    for (const folder of level) {
      await readable(folder, async () => {
        const real = await realpath(folder);
        if (visited.has(real)) return;
        visited.add(real);
        const { files, folders } = await namesIn(folder, signal);
        index.add(folder, files);
        for (const name of folders) below.push(join(folder, name));
      });
    }
    level = below;
  }
  return index;
}
