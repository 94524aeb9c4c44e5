/** Output folders that a command may use again: it knows its own by a file that it writes first. */
import { readdir } from "node:fs/promises";
import { DataError, UsageError } from "../errors.ts";
import { fileErrorCode, isUnfinished } from "./files.ts";

export interface FolderOwner {
  /** Name of the file that only the owner writes. */
  readonly marker: string;
  /** Whose folder it is and what it holds, for errors. */
  readonly owner: string;
  readonly content: string;
}

/**
 * What is in a folder, which need not exist; what a kill left unfinished does not count.
 * @throws DataError when it is no folder or cannot be read
 */
export async function entriesOf(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => !isUnfinished(name));
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === "ENOENT") return [];
    if (code === undefined) throw error;
    throw new DataError("The folder cannot be used.", { where: folder, found: code }, { cause: error });
  }
}

/**
 * Asked before a folder is filled: nothing that is there is mixed with or replaced by what comes.
 * @param what the subject of the refusal: "The run folder"
 * @param remedy what else can be done than to choose another folder
 * @throws UsageError when the folder holds something
 */
export async function requireEmpty(folder: string, what: string, remedy: string): Promise<void> {
  const entries = await entriesOf(folder);
  if (entries.length === 0) return;
  throw new UsageError(`${what} is not empty.`, {
    where: folder,
    expected: "a new or empty folder",
    found: entries.slice(0, 3).join(", "),
    remedy,
  });
}

/**
 * What is in a folder that may be written: nothing, or what its owner left there.
 * @throws UsageError when it holds anything else
 */
export async function entriesOfOwn(out: string, { marker, owner, content }: FolderOwner): Promise<string[]> {
  const entries = await entriesOf(out);
  if (entries.length === 0 || entries.includes(marker)) return entries;
  throw new UsageError(`The folder holds something else than ${content}.`, {
    where: out,
    expected: `a new or empty folder, or one of ${owner}`,
    found: entries.slice(0, 3).join(", "),
    remedy: "Choose another --out.",
  });
}
