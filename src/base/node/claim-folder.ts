/** Output folders that a command may use again: it knows its own by a file that it writes first. */
import { readdir } from "node:fs/promises";
import { UsageError } from "../errors.ts";
import { fileErrorCode, isUnfinished } from "./files.ts";

export interface FolderOwner {
  /** Name of the file that only the owner writes. */
  readonly marker: string;
  /** Whose folder it is and what it holds, for errors. */
  readonly owner: string;
  readonly content: string;
}

/**
 * What is in a folder that may be written: nothing, or what its owner left there.
 * @throws UsageError when it holds anything else
 */
export async function entriesOfOwn(out: string, { marker, owner, content }: FolderOwner): Promise<string[]> {
  const found = await readdir(out).catch((error: unknown): string[] => {
    if (fileErrorCode(error) === "ENOENT") return [];
    throw error;
  });
  const entries = found.filter((name) => !isUnfinished(name));
  if (entries.length === 0 || entries.includes(marker)) return entries;
  throw new UsageError(`The folder holds something else than ${content}.`, {
    where: out,
    expected: `a new or empty folder, or one of ${owner}`,
    found: entries.slice(0, 3).join(", "),
    remedy: "Choose another --out.",
  });
}
