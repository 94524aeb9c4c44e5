/** Images by file name, anywhere below a folder: releases differ in how deep they lie. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DataError } from "../../base/errors.ts";
import { fileErrorCode } from "../../base/node/files.ts";
import { type Problem, problem } from "../problem.ts";

/** @throws DataError when the folder cannot be read */
export async function findImages(
  dir: string,
): Promise<{ readonly paths: ReadonlyMap<string, string>; readonly problems: readonly Problem[] }> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw new DataError("The folder of the images cannot be read.", {
      where: dir,
      found: fileErrorCode(error) ?? "unknown",
    });
  });
  const paths = new Map<string, string>();
  const problems: Problem[] = [];
  // Sorted, so that of two files with one name always the same is taken.
  const files = entries
    .filter((entry) => !entry.isDirectory() && /\.(png|jpe?g)$/i.test(entry.name))
    .map(({ name, parentPath }) => ({ name, path: join(parentPath, name) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const { name, path } of files) {
    if (!paths.has(name)) paths.set(name, path);
    else
      problems.push(
        problem("warning", "duplicate-image", `image ${name}`, "two files have this name; the first is used"),
      );
  }
  return { paths, problems };
}
