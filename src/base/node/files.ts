/** Atomic files on Node: temporary name, flush, rename. */
import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DataError } from "../errors.ts";

type Content = string | Uint8Array | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

function chunksOf(content: Content): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  if (typeof content === "string") return [Buffer.from(content, "utf8")];
  return content instanceof Uint8Array ? [content] : content;
}

/** The code of a file-system error ("ENOENT", "ENOSPC", …), or undefined for anything else. */
export function fileErrorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/**
 * Runs a step that reads a path; where the system refuses it, the failure says so.
 * @param what the sentence of that failure
 * @throws DataError where the system does not let it be read
 */
export async function reading<T>(what: string, path: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    const found = fileErrorCode(error);
    if (found === undefined) throw error;
    throw new DataError(what, { where: path, found, remedy: "Check the path and its permissions." }, { cause: error });
  }
}

/** An error of the file system as one for people; any other as it is. */
function writeError(where: string, error: unknown): unknown {
  const code = fileErrorCode(error);
  if (code === undefined) return error;
  return new DataError(
    "The file could not be written.",
    { where, found: code, remedy: "Choose a folder that can be written and has room." },
    { cause: error },
  );
}

/**
 * Does what writes to a file or folder.
 * @throws DataError when the file system refuses; anything else that the work throws
 */
export async function writing<T>(where: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw writeError(where, error);
  }
}

/** Waits until a folder's entries are on the disk, where a system knows such a thing: Windows does not. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  if (folder === undefined) return;
  try {
    await folder.sync();
  } catch (error) {
    if (!["EPERM", "EINVAL", "EISDIR"].includes(fileErrorCode(error) ?? "")) throw error;
  } finally {
    await folder.close();
  }
}

/** A name beside a file that is about to be written; `removeUnfinishedFiles` knows it. */
export function temporaryName(path: string): string {
  return `${path}.tmp-${randomBytes(6).toString("hex")}`;
}

/** Removes a file that got no further; where that cannot be done, what went wrong before is worth more words. */
async function removeTemporary(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => {});
}

/** What `temporaryName` appends. */
const unfinished = /\.tmp-[0-9a-f]{12}$/;

/**
 * Writes a whole file so that a reader sees either the old content or the new one.
 * @throws DataError when the folder cannot be written or the disk is full; nothing half-written is left behind.
 */
export async function writeFileAtomic(path: string, content: Content): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, "wx");
    try {
      for await (const chunk of chunksOf(content)) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await removeTemporary(temporary);
    throw writeError(path, error);
  }
}

/**
 * Finds out before long work whether its result can be written.
 * @throws DataError when the folder cannot be made or written
 */
export async function checkWritable(path: string): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await writing(path, async () => {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(temporary, "", { flag: "wx" });
    });
  } finally {
    await removeTemporary(temporary);
  }
}

/** Whether a file's name is one that a killed process was about to give its final name: nobody's content. */
export function isUnfinished(name: string): boolean {
  return unfinished.test(name);
}

/**
 * Removes what killed processes were about to write into a folder. Only for a folder in which nobody else writes now.
 * @param recursive in its subfolders too
 */
export async function removeUnfinishedFiles(dir: string, { recursive = false } = {}): Promise<void> {
  const names = await readdir(dir, { recursive }).catch((error: unknown) => {
    if (fileErrorCode(error) === "ENOENT") return [];
    throw error;
  });
  for (const name of names) if (isUnfinished(name)) await rm(join(dir, name), { force: true });
}
