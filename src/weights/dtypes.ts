/** Element types of safetensors files: their widths, and which of them can be read. */
import { type DType, type HostArray, type Shape, sizeOf } from "../base/arrays.ts";
import { ModelError } from "../base/errors.ts";
import { toFloat16 } from "./float16.ts";

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

const landings: Readonly<Record<string, (shape: Shape) => Landing>> = {
  F32: (shape) => {
    const data = new Float32Array(sizeOf(shape));
    return { bytes: bytesOf(data), array: () => ({ dtype: "float32", shape, data }) };
  },
  I64: (shape) => {
    const data = new BigInt64Array(sizeOf(shape));
    return { bytes: bytesOf(data), array: () => ({ dtype: "int64", shape, data }) };
  },
  BOOL: (shape) => {
    const data = new Uint8Array(sizeOf(shape));
    return { bytes: data, array: () => ({ dtype: "bool", shape, data }) };
  },
  F16: (shape) => widened(shape, float16ToFloat32),
  BF16: (shape) => widened(shape, bfloat16ToFloat32),
  F64: (shape) =>
    converted(new Float64Array(sizeOf(shape)), (data) => {
      return { dtype: "float32", shape, data: Float32Array.from(data) };
    }),
  I32: (shape) => converted(new Int32Array(sizeOf(shape)), (data) => integers(shape, data)),
  I16: (shape) => converted(new Int16Array(sizeOf(shape)), (data) => integers(shape, data)),
  I8: (shape) => converted(new Int8Array(sizeOf(shape)), (data) => integers(shape, data)),
  U8: (shape) => converted(new Uint8Array(sizeOf(shape)), (data) => integers(shape, data)),
};

/**
 * @param where file and tensor, for errors
 * @throws ModelError when the type is one that cannot be read
 */
export function landingFor(type: string, shape: Shape, where: string): Landing {
  const make = landings[type];
  if (make !== undefined) return make(shape);
  throw new ModelError("This tensor's element type cannot be read.", {
    where,
    expected: `one of ${Object.keys(landings).join(", ")}`,
    found: type,
    remedy: "Convert the tensor to float32 and save the file again.",
  });
}

/** The bytes of an array's data, without a copy. */
export function bytesOf(data: HostArray["data"]): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** A type that no graph computes with lands as it is and is converted once: wider floats are rounded, integers kept. */
function converted<A extends ArrayBufferView>(landed: A, convert: (landed: A) => HostArray): Landing {
  const bytes = new Uint8Array(landed.buffer, landed.byteOffset, landed.byteLength);
  return { bytes, array: () => convert(landed) };
}

function integers(shape: Shape, data: ArrayLike<number>): HostArray {
  return { dtype: "int64", shape, data: BigInt64Array.from(data as ArrayLike<number> & Iterable<number>, BigInt) };
}

function widened(shape: Shape, widen: (half: Uint16Array) => Float32Array): Landing {
  const half = new Uint16Array(sizeOf(shape));
  const bytes = new Uint8Array(half.buffer);
  return { bytes, array: () => ({ dtype: "float32", shape, data: widen(half) }) };
}

/** IEEE 754 half precision: every value has an exact float32. */
function float16ToFloat32(half: Uint16Array): Float32Array {
  return Float32Array.from(half, (bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >>> 10) & 0x1f;
    const fraction = (bits & 0x3ff) / 1024;
    if (exponent === 0) return sign * fraction * 2 ** -14;
    if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return sign * (1 + fraction) * 2 ** (exponent - 15);
  });
}

/** bfloat16 is the upper half of a float32. */
function bfloat16ToFloat32(half: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(half, (bits) => bits << 16).buffer);
}
