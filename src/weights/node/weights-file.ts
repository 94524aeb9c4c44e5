/** What the formats of weights files have in common on disk: tensors by name, read one at a time. */
import { type FileHandle, open } from "node:fs/promises";
import type { HostArray } from "../../base/arrays.ts";
import { DataError, ModelError } from "../../base/errors.ts";
import { fileErrorCode } from "../../base/node/files.ts";
import type { StoredTensor } from "../weights.ts";

/** An open file, or set of files: what it holds is known, its tensors are read when asked for. */
export interface WeightsFile extends AsyncDisposable {
  readonly path: string;
  readonly entries: ReadonlyMap<string, StoredTensor>;
  /**
   * One tensor; F16, BF16 and F64 become float32, whole numbers int64.
   * @throws ModelError when there is no such tensor, or its type is one that cannot be read
   */
  read(name: string): Promise<HostArray>;
  /** Many of them at once, in the order of the names, where that is faster. */
  readAll?(names: readonly string[]): Promise<HostArray[]>;
}

/** Tensors in the order of their names. @throws ModelError as `read` */
export async function readTensors(file: WeightsFile, names: readonly string[]): Promise<HostArray[]> {
  if (file.readAll !== undefined) return file.readAll(names);
  const arrays: HostArray[] = [];
  for (const name of names) arrays.push(await file.read(name));
  return arrays;
}

/** Most bytes asked of the system in one read; Node refuses 2 GiB and more. */
const longestRead = 2 ** 28;

/** The error of `read` for a name that the file does not have. */
export function noSuchTensor({ path, entries }: Omit<WeightsFile, "read">, name: string): ModelError {
  return new ModelError("The weights file has no such tensor.", {
    where: `${path}, tensor "${name}"`,
    found: `${entries.size} tensors under other names`,
  });
}

/** @throws DataError when there is no such file */
export async function openToRead(path: string): Promise<FileHandle> {
  try {
    const handle = await open(path, "r");
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === undefined) throw error;
    throw new DataError("The weights file could not be opened.", { where: path, found: code }, { cause: error });
  }
  throw new DataError("The weights file could not be opened.", { where: path, found: "something that is no file" });
}

/**
 * Fills `bytes` from a place in the file.
 * @throws DataError when the file ends before
 */
export async function readFully(handle: FileHandle, bytes: Uint8Array, position: number, path: string): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const length = Math.min(longestRead, bytes.length - done);
    const { bytesRead } = await handle.read(bytes, done, length, position + done);
    if (bytesRead === 0) {
      throw new DataError("The weights file became shorter while it was read.", {
        where: path,
        expected: `${bytes.length} bytes at ${position}`,
        found: `${done} bytes`,
      });
    }
    done += bytesRead;
  }
}
