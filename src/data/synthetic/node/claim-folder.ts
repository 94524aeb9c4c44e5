/** Makes sure a synthetic set overwrites nothing but a synthetic set. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../../base/errors.ts";
import { entriesOf } from "../../../base/node/claim-folder.ts";
import { removeUnfinishedFiles, writeFileAtomic } from "../../../base/node/files.ts";
import { releaseFiles } from "../release.ts";

/** The file that says the folder is synthetic, and how it was made. */
const marker = "synthetic.json";

/** Everything a set consists of, in the order of removal: a folder without reports is not complete. */
const ownEntries = [
  releaseFiles.reports,
  releaseFiles.masterTable,
  releaseFiles.images.split("/")[0]!,
  releaseFiles.priorImages,
];

/**
 * Takes the folder for a synthetic set: empties an earlier one and leaves the marker.
 * @param made what the marker says of the set
 * @throws UsageError when the folder holds files and no marker
 */
export async function claimFolder(folder: string, made: Readonly<Record<string, number>>): Promise<void> {
  const entries = await entriesOf(folder);
  if (entries.length > 0 && !entries.includes(marker)) {
    throw new UsageError("The folder holds files that are not a synthetic set.", {
      where: folder,
      expected: `no such folder, an empty one, or an earlier set (marked by ${marker})`,
      found: `${entries.length} ${entries.length === 1 ? "entry" : "entries"} and no ${marker}`,
      remedy: "Choose another folder, or empty this one yourself.",
    });
  }
  await removeUnfinishedFiles(folder);
  for (const entry of ownEntries) await rm(join(folder, entry), { recursive: true, force: true });
  await writeFileAtomic(join(folder, marker), `${JSON.stringify({ generator: "regionformer", ...made }, null, 2)}\n`);
}
