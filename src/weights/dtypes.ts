/** Element types of safetensors files: their widths, and which of them can be read. */
import { type DType, type HostArray, type Shape, sizeOf } from "../base/arrays.ts";
import { ModelError } from "../base/errors.ts";
import { toFloat16, toFloat32 } from "./float16.ts";

/** Bytes per element of every type that a header may name; types narrower than a byte are not supported at all. */
export const bytesPerElement: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
};

/** The types that are written. */
export const storedType = { float32: "F32", int64: "I64", bool: "BOOL" } as const satisfies Record<DType, string>;

/** How float32 arrays may be stored. */
export const floatStorages = ["float32", "float16"] as const;

export type FloatStorage = (typeof floatStorages)[number];

/** The type an array is written as; only float32 has a choice. */
export function writtenType(dtype: DType, storage: FloatStorage = "float32"): string {
  return dtype === "float32" && storage === "float16" ? "F16" : storedType[dtype];
}

/** Bytes of an array as it is written. */
export function byteLength(dtype: DType, shape: Shape, storage?: FloatStorage): number {
  return sizeOf(shape) * bytesPerElement[writtenType(dtype, storage)]!;
}

/**
 * The bytes of an array's data as it is written.
 * @param where the tensor, for errors
 * @throws ModelError when a number is too large for float16
 */
export function bytesAs(data: HostArray["data"], storage: FloatStorage | undefined, where: string): Uint8Array {
  if (storage !== "float16" || !(data instanceof Float32Array)) return bytesOf(data);
  const halves = toFloat16(data);
  const lost = data.findIndex((value, i) => Number.isFinite(value) && (halves[i]! & 0x7c00) === 0x7c00);
  if (lost === -1) return new Uint8Array(halves.buffer);
  throw new ModelError("A number is too large for float16.", {
    where,
    expected: "numbers from -65504 to 65504",
    found: `${data[lost]}`,
    remedy: "Store the weights as float32.",
  });
}

/** Memory for a tensor's little-endian bytes, and the array they become once they are there. */
export interface Landing {
  readonly bytes: Uint8Array;
  array(): HostArray;
}

/** An array of little-endian bytes, which begin at a multiple of the type's width: in place where no type is changed. */
type ReadBytes = (shape: Shape, bytes: Uint8Array) => HostArray;

const reads: Readonly<Record<string, ReadBytes>> = {
  F32: (shape, bytes) => ({ dtype: "float32", shape, data: elements(Float32Array, bytes) }),
  I64: (shape, bytes) => ({ dtype: "int64", shape, data: elements(BigInt64Array, bytes) }),
  BOOL: (shape, bytes) => ({ dtype: "bool", shape, data: elements(Uint8Array, bytes) }),
  F16: (shape, bytes) => ({ dtype: "float32", shape, data: toFloat32(elements(Uint16Array, bytes)) }),
  BF16: (shape, bytes) => ({ dtype: "float32", shape, data: bfloat16ToFloat32(elements(Uint16Array, bytes)) }),
  // A type that no graph computes with is converted once: wider floats are rounded, integers kept.
  F64: (shape, bytes) => ({ dtype: "float32", shape, data: Float32Array.from(elements(Float64Array, bytes)) }),
  I32: (shape, bytes) => integers(shape, elements(Int32Array, bytes)),
  I16: (shape, bytes) => integers(shape, elements(Int16Array, bytes)),
  I8: (shape, bytes) => integers(shape, elements(Int8Array, bytes)),
  U8: (shape, bytes) => integers(shape, bytes),
};

const typesInPlace: ReadonlySet<string> = new Set(Object.values(storedType));

/** Whether a type's bytes are the array's, rather than what it is made of. */
export function isReadInPlace(type: string): boolean {
  return typesInPlace.has(type);
}

function readOf(type: string, where: string): ReadBytes {
  const read = reads[type];
  if (read !== undefined) return read;
  throw new ModelError("This tensor's element type cannot be read.", {
    where,
    expected: `one of ${Object.keys(reads).join(", ")}`,
    found: type,
    remedy: "Convert the tensor to float32 and save the file again.",
  });
}

/**
 * @param where file and tensor, for errors
 * @param room gives so many bytes of memory, that begin at a multiple of 8
 * @throws ModelError when the type is one that cannot be read
 */
export function landingFor(
  type: string,
  shape: Shape,
  where: string,
  room: (length: number) => Uint8Array = (length) => new Uint8Array(length),
): Landing {
  const read = readOf(type, where);
  const length = sizeOf(shape) * bytesPerElement[type]!;
  // What is converted leaves its bytes at once.
  const bytes = isReadInPlace(type) ? room(length) : new Uint8Array(length);
  return { bytes, array: () => read(shape, bytes) };
}

/**
 * The array of bytes that are in memory. It shares them where its type is one of a graph and they begin at a multiple
 * of its width, as in the files of all writers that align; else it is a copy. Halves stay halves, and `data` is made of them
 * whenever it is read: a model of a gigabyte is handed to the engine part by part, and no part waits in both forms.
 * @throws ModelError as `landingFor`
 */
export function arrayOver(type: string, shape: Shape, bytes: Uint8Array, where: string): HostArray {
  const isAligned = bytes.byteOffset % bytesPerElement[type]! === 0;
  const aligned = isAligned ? bytes : new Uint8Array(bytes);
  if (type === "F16") return new Halves(shape, elements(Uint16Array, aligned));
  return readOf(type, where)(shape, aligned);
}

class Halves {
  readonly dtype = "float32";
  readonly shape: Shape;
  readonly #halves: Uint16Array;

  constructor(shape: Shape, halves: Uint16Array) {
    this.shape = shape;
    this.#halves = halves;
  }

  get data(): Float32Array {
    return toFloat32(this.#halves);
  }
}

/** The bytes of an array's data, without a copy. */
export function bytesOf(data: HostArray["data"]): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

interface ElementArray<A> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): A;
}

function elements<A>(Elements: ElementArray<A>, { buffer, byteOffset, byteLength }: Uint8Array): A {
  return new Elements(buffer, byteOffset, byteLength / Elements.BYTES_PER_ELEMENT);
}

function integers(shape: Shape, data: ArrayLike<number>): HostArray {
  return { dtype: "int64", shape, data: BigInt64Array.from(data as ArrayLike<number> & Iterable<number>, BigInt) };
}

/** bfloat16 is the upper half of a float32. */
function bfloat16ToFloat32(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
  return new Float32Array(bits.buffer);
}
