/** Finds out which format a file or a folder is of. */
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { DataError, UsageError } from "../../base/errors.ts";
import { detectFormats, type Glance, glanceLength } from "../formats/detect.ts";
import { type FormatName, formatNames } from "../formats/index.ts";
import { filesBelow, readFrom } from "./files-below.ts";
import { isDatasetFile } from "./open-dataset.ts";

/** Files of one ending that are looked at: formats with a file an image have thousands that are all alike. */
const glancesOfAnEnding = 50;
const endings = [".json", ".csv", ".xml", ".txt"];

async function glance(path: string, name: string): Promise<Glance> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(glanceLength), 0, glanceLength, 0);
    // A torn last character, or a file that is no text at all, is for the format's reader to refuse.
    return { path: name, beginning: buffer.toString("utf8", 0, bytesRead) };
  } finally {
    await file.close();
  }
}

async function glancesOf(path: string): Promise<Glance[]> {
  const files = await filesBelow(path, endings, glancesOfAnEnding);
  return readFrom(path, async () => {
    const glances: Glance[] = [];
    for (const [name, file] of files) glances.push(await glance(file, name));
    return glances;
  });
}

/**
 * The format of what lies there; `dataset` for PadChest-GR's release and the authors' files under their own names.
 * @throws DataError when nothing is recognised, UsageError when there are files of several formats
 */
export async function detectFormat(path: string): Promise<FormatName | "dataset"> {
  const glances = await glancesOf(path);
  const all = detectFormats(glances);
  // A release may have the authors' CSVs beside it; they are compared with it.
  const candidates = all.some(({ format }) => format === "padchest-gr")
    ? all.filter(({ format }) => format !== "authors-csv")
    : all;
  const [first, ...others] = candidates;
  if (first === undefined) {
    throw new DataError("The format is not recognised.", {
      where: path,
      expected: formatNames.join(", "),
      found:
        glances.length === 0
          ? `no file *${endings.join(", *")}`
          : `${glances.length} files, none of which looks like one`,
      remedy: "Name the format with --from, or check the path.",
    });
  }
  if (others.length > 0) {
    throw new UsageError("There are files of several formats.", {
      where: path,
      expected: "one format, or --from with one of these",
      found: candidates.map(({ format, path: file }) => `${format} (${file})`).join(", "),
      remedy: "Name the one you mean with --from, or the file instead of the folder.",
    });
  }
  const isRelease = first.format === "padchest-gr" || first.format === "authors-csv";
  const isNamedSo = glances.length === 1 || glances.some(({ path: file }) => isDatasetFile(basename(file)));
  return isRelease && isNamedSo ? "dataset" : first.format;
}
