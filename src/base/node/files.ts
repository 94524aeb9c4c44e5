/** Atomic files on Node: temporary name, flush, rename. */
import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { DataError } from "../errors.ts";
import type { AtomicFiles } from "../files.ts";

type Content = Parameters<AtomicFiles["write"]>[1];

function chunksOf(content: Content): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  if (typeof content === "string") return [Buffer.from(content, "utf8")];
  return content instanceof Uint8Array ? [content] : content;
}

/** The code of a file-system error ("ENOENT", "ENOSPC", …), or undefined for anything else. */
export function fileErrorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/**
 * Writes a whole file so that a reader sees either the old content or the new one.
 * @throws DataError when the folder cannot be written or the disk is full; nothing half-written is left behind.
 */
export async function writeFileAtomic(path: string, content: Content): Promise<void> {
  const temporary = `${path}.tmp-${randomBytes(6).toString("hex")}`;
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
    await rm(temporary, { force: true });
    const code = fileErrorCode(error);
    if (code === undefined) throw error;
    throw new DataError(
      "The file could not be written.",
      { where: path, found: code, remedy: "Choose a folder that can be written and has room." },
      { cause: error },
    );
  }
}

export const atomicFiles: AtomicFiles = { write: writeFileAtomic };
