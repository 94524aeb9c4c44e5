/** PyTorch's files of weights on disk, `.pt`, `.pth` and `.bin`, in the zip format and the legacy one. */
import type { FileHandle } from "node:fs/promises";
import { fromFdPromise, type ZipFile } from "yauzl";
import type { HostArray } from "../../base/arrays.ts";
import { DataError } from "../../base/errors.ts";
import { type ArrayView, gatherView, materialise } from "../array-view.ts";
import { bytesPerElement } from "../dtypes.ts";
import { PickleCutOff } from "../pickle/cursor.ts";
import { unpickle } from "../pickle/unpickle.ts";
import type { PickleValue } from "../pickle/values.ts";
import { checkCount, countBytes, type LegacyHead, parseLegacyHead } from "../pytorch/legacy.ts";
import { namedTensors } from "../pytorch/named-tensors.ts";
import { storageOf, torchGlobals } from "../pytorch/torch-globals.ts";
import { noSuchTensor, openToRead, readFully, type WeightsFile } from "./weights-file.ts";

/** Bounds on what a file may make us read before its first tensor. */
const largestPickle = 2 ** 26;
const mostEntries = 200_000;
const firstRead = 2 ** 20;

/** Where the bytes of a storage begin in the file, by key. */
type StorageStarts = ReadonlyMap<string, number>;

function broken(path: string, expected: string, found: string, cause?: unknown): DataError {
  return new DataError(
    "The file is damaged or not one of PyTorch.",
    { where: path, expected, found, remedy: "Get it again, or save it again with torch.save of a state dict." },
    { cause },
  );
}

/** An open file of weights that PyTorch wrote. No code in it is run: see `pickle/unpickle.ts`. */
export class PyTorchFile implements WeightsFile {
  readonly path: string;
  /** Every tensor in it, by its keys with dots between them. */
  readonly entries: ReadonlyMap<
    string,
    { readonly name: string; readonly type: string; readonly shape: readonly number[] }
  >;
  /** All that was saved: dicts, lists, numbers and texts around the tensors. */
  readonly value: PickleValue;
  readonly #handle: FileHandle;
  readonly #views: ReadonlyMap<string, ArrayView>;
  readonly #starts: StorageStarts;

  private constructor(path: string, handle: FileHandle, value: PickleValue, starts: StorageStarts) {
    this.path = path;
    this.value = value;
    this.#handle = handle;
    this.#starts = starts;
    this.#views = namedTensors(value);
    this.entries = new Map([...this.#views].map(([name, { type, shape }]) => [name, { name, type, shape }]));
  }

  /** @throws DataError when there is no such file, it is damaged, or it names Python objects that are not read */
  static async open(path: string): Promise<PyTorchFile> {
    const handle = await openToRead(path);
    try {
      const { size } = await handle.stat();
      const start = new Uint8Array(Math.min(4, size));
      await readFully(handle, start, 0, path);
      const isZip = start[0] === 0x50 && start[1] === 0x4b;
      const { value, starts } = await (isZip ? openZip(handle, path) : openLegacy(handle, size, path));
      return new PyTorchFile(path, handle, value, starts);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async read(name: string): Promise<HostArray> {
    const view = this.#views.get(name);
    if (view === undefined) throw noSuchTensor(this, name);
    const where = `${this.path}, tensor "${name}"`;
    if (view.elements.bytes !== undefined) return materialise(view, where);
    const width = bytesPerElement[view.type]!;
    const bytes = new Uint8Array(view.span * width);
    await readFully(this.#handle, bytes, this.#starts.get(view.elements.key!)! + view.offset * width, this.path);
    return gatherView(view, bytes, where);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

interface Opened {
  readonly value: PickleValue;
  readonly starts: StorageStarts;
}

/** `<root>/data.pkl` and `<root>/data/<key>` for each storage, nothing compressed. */
async function openZip(handle: FileHandle, path: string): Promise<Opened> {
  const members = await zipMembers(handle, path);
  const pickleName = [...members.keys()].find((name) => name === "data.pkl" || /^[^/]+\/data\.pkl$/.test(name));
  if (pickleName === undefined) throw broken(path, "a zip archive with data.pkl", `${members.size} other files`);
  const root = pickleName.slice(0, -"data.pkl".length);
  const order = members.get(`${root}byteorder`);
  if (order !== undefined && order.size !== "little".length) throw broken(path, "little-endian numbers", "others");
  const pickle = members.get(pickleName)!;
  if (pickle.size > largestPickle) throw broken(path, `a data.pkl of at most ${largestPickle} bytes`, `${pickle.size}`);
  const bytes = new Uint8Array(pickle.size);
  await readFully(handle, bytes, pickle.start, path);

  const starts = new Map<string, number>();
  const persistent = (id: PickleValue) => {
    const storage = storageOf(id);
    if (storage === undefined) return undefined;
    const { key, type, count } = storage.elements;
    const member = members.get(`${root}data/${key}`);
    const size = count * bytesPerElement[type]!;
    if (member?.size !== size)
      throw broken(`${path}, storage ${key}`, `${size} bytes`, `${member?.size ?? "no"} bytes`);
    starts.set(key!, member.start);
    return storage;
  };
  const { value } = unpickle(bytes, { where: `${path}, data.pkl`, globals: torchGlobals(), persistent });
  return { value, starts };
}

interface Member {
  readonly start: number;
  readonly size: number;
}

/** Where each uncompressed file of the archive lies. */
async function zipMembers(handle: FileHandle, path: string): Promise<Map<string, Member>> {
  const members = new Map<string, Member>();
  try {
    const zip: ZipFile = await fromFdPromise(handle.fd, { autoClose: false, lazyEntries: true });
    if (zip.entryCount > mostEntries) throw broken(path, `at most ${mostEntries} files`, `${zip.entryCount}`);
    for await (const entry of zip.eachEntry()) {
      if (entry.compressionMethod !== 0 || entry.isEncrypted()) continue; // PyTorch compresses nothing
      const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
      members.set(entry.fileName, { start: fileDataStart, size: entry.uncompressedSize });
    }
    return members;
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw broken(path, "a zip archive", error instanceof Error ? error.message : "other bytes", error);
  }
}

async function openLegacy(handle: FileHandle, size: number, path: string): Promise<Opened> {
  const { value, storages, fileSize } = await readLegacyHead(handle, size, path);
  if (fileSize !== size) throw broken(path, `${fileSize} bytes, as its head says`, `${size} bytes`);
  const count = new Uint8Array(countBytes);
  for (const placed of storages.values()) {
    await readFully(handle, count, placed.start - countBytes, path);
    checkCount(count, placed, path);
  }
  return { value, starts: new Map([...storages].map(([key, { start }]) => [key, start])) };
}

/** The pickles' length is written nowhere: more is read until they are whole. */
async function readLegacyHead(handle: FileHandle, size: number, path: string): Promise<LegacyHead> {
  for (let length = firstRead; ; length *= 8) {
    const head = new Uint8Array(Math.min(length, size, largestPickle));
    await readFully(handle, head, 0, path);
    try {
      return parseLegacyHead(head, path, torchGlobals());
    } catch (error) {
      if (!(error instanceof PickleCutOff) || head.length === Math.min(size, largestPickle)) throw error;
    }
  }
}
