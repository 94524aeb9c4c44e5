/** Pickles of plain data on disk, such as the public code's feature caches. */
import { readFile } from "node:fs/promises";
import { DataError } from "../../base/errors.ts";
import { fileErrorCode } from "../../base/node/files.ts";
import { unpickle } from "../pickle/unpickle.ts";
import type { PickleValue } from "../pickle/values.ts";
import { parseNestedStorage } from "../pytorch/legacy.ts";
import { torchGlobals } from "../pytorch/torch-globals.ts";

/**
 * What `pickle.dump` wrote: dicts, lists, numbers, texts, arrays of numpy and tensors of PyTorch. No code in the file
 * is run.
 * @throws DataError when the file cannot be read, is damaged, or names Python objects that are not read
 */
export async function readPickleFile(path: string): Promise<PickleValue> {
  const bytes = await readBytes(path);
  const globals = torchGlobals((nested) => parseNestedStorage(nested, path));
  return unpickle(bytes, { where: path, globals }).value;
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === undefined) throw error;
    throw new DataError("The file could not be read.", { where: path, found: code }, { cause: error });
  }
}
