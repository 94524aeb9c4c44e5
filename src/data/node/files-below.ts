/** The files that a format may be in. */
import { lstat, readdir, stat } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { reading } from "../../base/node/files.ts";

/** What is read of a path. @throws DataError where the system does not let it be read */
export function readFrom<T>(path: string, read: () => Promise<T>): Promise<T> {
  return reading("The files cannot be read.", path, read);
}

/**
 * The files with one of the endings in a folder and below, in the order of their names, or the one that is named, whatever its
 * ending. Links to files are not followed.
 * @param most files of an ending that are wanted; nothing is asked about the others
 */
export function filesBelow(
  path: string,
  endings: readonly string[],
  most = Number.POSITIVE_INFINITY,
): Promise<readonly (readonly [name: string, file: string])[]> {
  return readFrom(path, async () => {
    if (!(await stat(path)).isDirectory()) return [[basename(path), path]];
    const files: (readonly [string, string])[] = [];
    const counts = new Map<string, number>();
    for (const name of (await readdir(path, { recursive: true })).sort()) {
      const ending = endings.find((each) => name.toLowerCase().endsWith(each));
      const count = ending === undefined ? most : (counts.get(ending) ?? 0);
      const file = join(path, name);
      if (ending === undefined || count >= most || !(await lstat(file)).isFile()) continue;
      counts.set(ending, count + 1);
      files.push([relative(path, file).split(sep).join("/"), file]);
    }
    return files;
  });
}
