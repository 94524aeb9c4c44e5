/**
 * The safetensors format: eight bytes of header length (little-endian), a JSON header, the tensors' bytes end to end.
 * Here the header is read, checked and made; files are read and written in `node/`.
 */
import { z } from "zod";
import { type DType, formatShape, type HostArray, type Shape, sizeOf } from "../base/arrays.ts";
import { DataError } from "../base/errors.ts";
import { type JsonObject, parseJsonObject } from "../base/json.ts";
import { arrayOver, byteLength, bytesPerElement, type FloatStorage, writtenType } from "./dtypes.ts";
import { duplicateKey } from "./duplicate-key.ts";
import type { StoredTensor, Weights } from "./weights.ts";

/** Bytes in front of the header. */
export const lengthBytes = 8;

const longestHeader = 100_000_000;
const metadataKey = "__metadata__";

/** Where one tensor lies; `start` and `end` count bytes from the beginning of the file. */
export interface TensorEntry extends StoredTensor {
  readonly start: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** In the order of their bytes. */
  readonly entries: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

const wholeNumber = z.number().int().nonnegative();

const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(wholeNumber),
  data_offsets: z.tuple([wholeNumber, wholeNumber]),
});

function broken(where: string, expected: string, found: string): DataError {
  return new DataError("The safetensors file is damaged or not one.", {
    where,
    expected,
    found,
    remedy: "Get or make the file again.",
  });
}

/**
 * The header's length in bytes.
 * @param start the first 8 bytes of the file, or all there is
 * @throws DataError when the length is not possible in a file of this size
 */
export function headerLength(start: Uint8Array, fileSize: number, where: string): number {
  if (start.length < lengthBytes) throw broken(where, "at least 8 bytes", `${start.length} bytes`);
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  const most = Math.min(longestHeader, fileSize - lengthBytes);
  if (length > BigInt(most)) throw broken(where, `a header of at most ${most} bytes`, `${length} bytes announced`);
  return Number(length);
}

/**
 * Reads and checks a header: every tensor has a known type and the bytes its shape needs, and the tensors fill the
 * rest of the file one after the other, without overlap or gap.
 * @param header the bytes between the length and the first tensor
 * @throws DataError naming the tensor that is wrong
 */
export function parseHeader(header: Uint8Array, fileSize: number, where: string): SafetensorsHeader {
  const { [metadataKey]: metadata = {}, ...tensors } = parseUniqueKeys(header, where);
  const dataStart = lengthBytes + header.length;
  const entries = Object.entries(tensors).map(([name, entry]) => parseEntry(name, entry, dataStart, where));
  entries.sort((a, b) => a.start - b.start || a.end - b.end);
  let end = dataStart;
  for (const entry of entries) {
    if (entry.start !== end) {
      throw broken(tensorAt(where, entry.name), `its bytes to begin at ${end}`, `they begin at ${entry.start}`);
    }
    end = entry.end;
  }
  if (end !== fileSize) throw broken(where, `${end} bytes, as the header says`, `${fileSize} bytes`);
  if (!isTexts(metadata)) throw broken(`${where}, ${metadataKey}`, "texts under texts", "something else");
  return { entries: new Map(entries.map((entry) => [entry.name, entry])), metadata };
}

function isTexts(json: unknown): json is Readonly<Record<string, string>> {
  const isObject = typeof json === "object" && json !== null && !Array.isArray(json);
  return isObject && Object.values(json).every((value) => typeof value === "string");
}

function parseUniqueKeys(header: Uint8Array, where: string): JsonObject {
  const text = decodeUtf8(header);
  const json = text === undefined ? undefined : parseJsonObject(text);
  if (text === undefined || json === undefined) throw broken(where, "a JSON object as header", "other bytes");
  const twice = duplicateKey(text);
  if (twice !== undefined) throw broken(where, "every key once", `"${twice}" twice in one object`);
  return json;
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function parseEntry(name: string, json: unknown, dataStart: number, where: string): TensorEntry {
  const place = tensorAt(where, name);
  const result = entrySchema.safeParse(json);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw broken(place, "dtype, shape and data_offsets", `${issue?.path.join(".")}: ${issue?.message}`);
  }
  const { dtype, shape, data_offsets: offsets } = result.data;
  const width = Object.hasOwn(bytesPerElement, dtype) ? bytesPerElement[dtype] : undefined;
  if (width === undefined) {
    throw broken(place, `an element type of ${Object.keys(bytesPerElement).join(", ")}`, `"${dtype}"`);
  }
  const [start, end] = offsets;
  if (end - start !== sizeOf(shape) * width) {
    throw broken(place, `${sizeOf(shape) * width} bytes for ${dtype} ${formatShape(shape)}`, `${end - start} bytes`);
  }
  return { name, type: dtype, shape, start: dataStart + start, end: dataStart + end };
}

function tensorAt(where: string, name: string): string {
  return `${where}, tensor "${name}"`;
}

/**
 * Reads a whole file from memory. Arrays that need no conversion lie in the file's bytes, which must then stay as they are.
 * @throws DataError when the file is damaged, ModelError when it has a tensor of a type that cannot be read
 */
export function parseSafetensors(
  file: Uint8Array,
  where: string,
): { readonly weights: Weights; readonly metadata: Readonly<Record<string, string>> } {
  const length = headerLength(file.subarray(0, lengthBytes), file.length, where);
  const { entries, metadata } = parseHeader(file.subarray(lengthBytes, lengthBytes + length), file.length, where);
  const weights = new Map<string, HostArray>();
  for (const entry of entries.values()) {
    const bytes = file.subarray(entry.start, entry.end);
    weights.set(entry.name, arrayOver(entry.type, entry.shape, bytes, tensorAt(where, entry.name)));
  }
  return { weights, metadata };
}

/** A tensor that is going to be written. */
export interface TensorLayout {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  /** How float32 is stored; as it is when absent. */
  readonly storage?: FloatStorage | undefined;
}

/** A tensor whose values are made when its turn to be written comes. */
export interface PlannedTensor extends TensorLayout {
  readonly data: () => HostArray["data"];
}

/** Weights that are in memory, as tensors to write. */
export function planTensors(weights: Weights): PlannedTensor[] {
  return [...weights].map(([name, { dtype, shape, data }]) => ({ name, dtype, shape, data: () => data }));
}

/** The order tensors are written in, the reference library's: wide types first, so that all are aligned, then by name. */
export function fileOrder<T extends TensorLayout>(tensors: Iterable<T>): T[] {
  const width = ({ dtype, storage }: TensorLayout) => byteLength(dtype, [], storage);
  return [...tensors].sort((a, b) => width(b) - width(a) || (a.name < b.name ? -1 : 1));
}

/**
 * The length and the header of a file that holds these tensors in this order, filled up to a multiple of 8 bytes.
 * @param metadata free texts for people and programs
 */
export function formatHeader(
  tensors: readonly TensorLayout[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  let end = 0;
  const entries = tensors.map(({ name, dtype, shape, storage }): [string, object] => {
    const start = end;
    end += byteLength(dtype, shape, storage);
    return [name, { dtype: writtenType(dtype, storage), shape, data_offsets: [start, end] }];
  });
  const texts: [string, object][] = Object.keys(metadata).length === 0 ? [] : [[metadataKey, metadata]];
  const json = new TextEncoder().encode(formatObject([...texts, ...entries]));
  const bytes = new Uint8Array(lengthBytes + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - lengthBytes), true);
  bytes.set(json, lengthBytes);
  return bytes;
}

/** An object's JSON with its members in the given order, which a JavaScript object does not keep for names like "0". */
function formatObject(members: readonly [string, object][]): string {
  return `{${members.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`;
}
