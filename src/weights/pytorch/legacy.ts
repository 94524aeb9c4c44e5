/**
 * PyTorch's format before version 1.6: five pickles (magic number, version, the machine, the object, the keys of its
 * storages), then each storage as its number of elements (int64) and its bytes.
 */
import { DataError } from "../../base/errors.ts";
import type { Elements } from "../array-view.ts";
import { bytesPerElement } from "../dtypes.ts";
import { unpickle } from "../pickle/unpickle.ts";
import { type AllowedGlobals, type PickleValue, valueAt } from "../pickle/values.ts";
import { storageOf, TorchStorage, torchGlobals } from "./torch-globals.ts";

const magicNumber = 0x1950a86a20f9469cfc6cn;
const version = 1001;

/** Bytes in front of each storage. */
export const countBytes = 8;

/** A storage and where its bytes are in the file. */
export interface PlacedElements extends Elements {
  readonly start: number;
}

export interface LegacyHead {
  readonly value: PickleValue;
  /** By key, in the order of the file. */
  readonly storages: ReadonlyMap<string, PlacedElements>;
  /** The file's length, as the head says. */
  readonly fileSize: number;
}

function broken(where: string, expected: string, found: string): DataError {
  return new DataError("The file is damaged or not one of PyTorch.", {
    where,
    expected,
    found,
    remedy: "Get the file again, or save it again with torch.save of a state dict.",
  });
}

/**
 * @param bytes the file, or as much of its beginning as the pickles need
 * @throws DataError when it is damaged or names Python objects that are not read
 * @throws PickleCutOff when more bytes are needed
 */
export function parseLegacyHead(bytes: Uint8Array, where: string, globals: AllowedGlobals): LegacyHead {
  const found = new Map<string, Elements>();
  const persistent = (id: PickleValue) => {
    const storage = storageOf(id);
    if (storage !== undefined) found.set(storage.elements.key!, storage.elements);
    return storage;
  };
  let end = 0;
  const next = (): PickleValue => {
    const result = unpickle(bytes, { where, globals, persistent, start: end });
    end = result.end;
    return result.value;
  };
  if (next() !== magicNumber) throw broken(where, "PyTorch's magic number", "another pickle");
  const foundVersion = next();
  if (foundVersion !== version) throw broken(where, `format version ${version}`, "another version");
  if (valueAt(next(), "little_endian") !== true) throw broken(where, "a file of a little-endian machine", "another");
  const value = next();
  const keys = next();
  if (!Array.isArray(keys)) throw broken(where, "a list of storage keys", "another value");
  const storages = new Map<string, PlacedElements>();
  for (const key of keys) {
    const elements = typeof key === "string" ? found.get(key) : undefined;
    if (elements === undefined || storages.has(elements.key!)) {
      throw broken(where, "the keys of the storages that the object has", "another key, or one twice");
    }
    const start = end + countBytes;
    storages.set(elements.key!, { ...elements, start });
    end = start + elements.count * bytesPerElement[elements.type]!;
  }
  for (const key of found.keys()) if (!storages.has(key)) throw broken(where, "every storage", "one that is missing");
  return { value, storages, fileSize: end };
}

/** @throws DataError when the count in front of a storage is not the one of the head */
export function checkCount(bytes: Uint8Array, { count, key }: Elements, where: string): void {
  const written = new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, true);
  if (written !== BigInt(count)) throw broken(`${where}, storage ${key}`, `${count} elements`, `${written}`);
}

/**
 * The storage that a tensor in a plain pickle carries: a file of the legacy format, as bytes.
 * @throws DataError when it is damaged
 */
export function parseNestedStorage(file: Uint8Array, where: string): TorchStorage | undefined {
  const { value, storages, fileSize } = parseLegacyHead(file, where, torchGlobals());
  const placed = value instanceof TorchStorage ? storages.get(value.elements.key!) : undefined;
  if (placed === undefined) return undefined;
  if (fileSize !== file.length) throw broken(where, `a storage of ${fileSize} bytes`, `${file.length} bytes`);
  checkCount(file.subarray(placed.start - countBytes, placed.start), placed, where);
  return new TorchStorage({ type: placed.type, count: placed.count, bytes: file.subarray(placed.start) });
}
