/** Tables and figures that an earlier run of a study wrote and this one has not: a smaller study, another file. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileErrorCode } from "../../base/node/files.ts";

/** Names that reports give to their files; whatever else is in the folder is somebody's own. */
const reportFile = /^(?:table|comparison|figure)-\d+\S*\.(?:md|csv|tex|json|svg|png)$/;

/**
 * Removes the tables and figures of a report that are not among its files.
 * @param dir the report's folder
 * @param files paths of all that was written now
 */
export async function removeOutdated(dir: string, files: readonly string[]): Promise<void> {
  const kept = new Set(files);
  for (const folder of [join(dir, "tables"), join(dir, "tables", "more"), join(dir, "figures")]) {
    for (const name of await namesIn(folder)) {
      const path = join(folder, name);
      if (reportFile.test(name) && !kept.has(path)) await rm(path, { force: true });
    }
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (fileErrorCode(error) === "ENOENT") return [];
    throw error;
  }
}
