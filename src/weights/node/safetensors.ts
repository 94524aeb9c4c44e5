/** Safetensors files on disk. A file's tensors are read one at a time, so memory holds what was asked for and no more. */
import type { FileHandle } from "node:fs/promises";
import { formatShape, type HostArray } from "../../base/arrays.ts";
import { ShapeError } from "../../base/errors.ts";
import { writeFileAtomic } from "../../base/node/files.ts";
import { byteLength, bytesAs, type FloatStorage, isReadInPlace, landingFor } from "../dtypes.ts";
import {
  fileOrder,
  formatHeader,
  headerLength,
  lengthBytes,
  type PlannedTensor,
  parseHeader,
  type TensorEntry,
} from "../safetensors.ts";
import type { Weights } from "../weights.ts";
import { noSuchTensor, openToRead, readFully, type WeightsFile } from "./weights-file.ts";

/** Where the next array may begin. */
function aligned(length: number): number {
  return Math.ceil(length / 64) * 64;
}

/** Most bytes that lie side by side: the arrays of a piece are freed together. */
const largestRoom = 2 ** 29;

/**
 * Hands out memory from few large pieces: each 64 MB or so that are allocated outside of JavaScript's heap begin a
 * collection of garbage, and a model in hundreds of pieces spent as long on that as on reading.
 * @param total bytes that will be asked for
 */
function sideBySide(total: number): (length: number) => Uint8Array {
  let left = total;
  let [piece, used] = [new ArrayBuffer(0), 0];
  return (length) => {
    if (used + length > piece.byteLength) {
      [piece, used] = [new ArrayBuffer(Math.max(length, Math.min(left, largestRoom))), 0];
    }
    const bytes = new Uint8Array(piece, used, length);
    used += aligned(length);
    left -= aligned(length);
    return bytes;
  };
}

/** An open safetensors file: its header is read and checked, its tensors are read when asked for. */
export class SafetensorsFile implements WeightsFile {
  readonly path: string;
  /** In the order of their bytes. */
  readonly entries: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly #handle: FileHandle;

  private constructor(
    path: string,
    handle: FileHandle,
    header: { entries: ReadonlyMap<string, TensorEntry>; metadata: Readonly<Record<string, string>> },
  ) {
    this.path = path;
    this.#handle = handle;
    this.entries = header.entries;
    this.metadata = header.metadata;
  }

  /** @throws DataError when there is no such file, or its header is damaged */
  static async open(path: string): Promise<SafetensorsFile> {
    const handle = await openToRead(path);
    try {
      const { size } = await handle.stat();
      const start = new Uint8Array(Math.min(lengthBytes, size));
      await readFully(handle, start, 0, path);
      const header = new Uint8Array(headerLength(start, size, path));
      await readFully(handle, header, lengthBytes, path);
      return new SafetensorsFile(path, handle, parseHeader(header, size, path));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /**
   * One tensor; F16 and BF16 are widened to float32.
   * @throws ModelError when there is no such tensor, or its type is one that cannot be read
   */
  async read(name: string): Promise<HostArray> {
    return this.#read(name);
  }

  /** Many tensors, side by side in memory. @throws ModelError as `read` */
  async readAll(names: readonly string[]): Promise<HostArray[]> {
    const lengths = names.map((name) => {
      const entry = this.entries.get(name);
      return entry !== undefined && isReadInPlace(entry.type) ? entry.end - entry.start : 0;
    });
    const room = sideBySide(lengths.reduce((sum, length) => sum + aligned(length), 0));
    const arrays: HostArray[] = [];
    for (const name of names) arrays.push(await this.#read(name, room));
    return arrays;
  }

  async #read(name: string, room?: (length: number) => Uint8Array): Promise<HostArray> {
    const where = `${this.path}, tensor "${name}"`;
    const entry = this.entries.get(name);
    if (entry === undefined) throw noSuchTensor(this, name);
    const landing = landingFor(entry.type, entry.shape, where, room);
    await readFully(this.#handle, landing.bytes, entry.start, this.path);
    return landing.array();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/**
 * All tensors of a file.
 * @throws DataError when the file is missing or damaged, ModelError when a tensor's type cannot be read
 */
export async function readSafetensors(
  path: string,
): Promise<{ readonly weights: Weights; readonly metadata: Readonly<Record<string, string>> }> {
  await using file = await SafetensorsFile.open(path);
  const names = [...file.entries.keys()];
  const arrays = await file.readAll(names);
  return { weights: new Map(names.map((name, i) => [name, arrays[i]!])), metadata: file.metadata };
}

/**
 * Writes a file atomically, holding one tensor at a time.
 * @throws DataError when the file cannot be written
 */
export async function writePlannedTensors(
  path: string,
  tensors: Iterable<PlannedTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const ordered = fileOrder(tensors);
  await writeFileAtomic(path, chunks(ordered, metadata));
}

/** Writes weights atomically, in the reference library's order: the same weights give the same bytes. */
export async function writeSafetensors(
  path: string,
  weights: Weights,
  metadata: Readonly<Record<string, string>> = {},
  storage?: FloatStorage,
): Promise<void> {
  const tensors = [...weights].map(([name, { dtype, shape, data }]) => ({
    name,
    dtype,
    shape,
    storage,
    data: () => data,
  }));
  await writePlannedTensors(path, tensors, metadata);
}

function* chunks(tensors: readonly PlannedTensor[], metadata: Readonly<Record<string, string>>): Generator<Uint8Array> {
  yield formatHeader(tensors, metadata);
  for (const { name, dtype, shape, storage, data } of tensors) {
    const bytes = bytesAs(data(), storage, `tensor "${name}"`);
    const expected = byteLength(dtype, shape, storage);
    if (bytes.length !== expected) {
      throw new ShapeError("The data does not fill its shape.", {
        where: `tensor "${name}"`,
        expected: `${expected} bytes for ${dtype} ${formatShape(shape)}`,
        found: `${bytes.length} bytes`,
      });
    }
    yield bytes;
  }
}
