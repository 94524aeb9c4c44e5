/** Host arrays: what enters and leaves a graph, and what a weights file holds. */
import { ShapeError } from "./errors.ts";

/** Sizes of the axes, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** Element types the graph computes with. */
export type DType = "float32" | "int64" | "bool";

/** A dense row-major array in host memory. `bool` is stored as one byte an element. */
export type HostArray =
  | { readonly dtype: "float32"; readonly shape: Shape; readonly data: Float32Array }
  | { readonly dtype: "int64"; readonly shape: Shape; readonly data: BigInt64Array }
  | { readonly dtype: "bool"; readonly shape: Shape; readonly data: Uint8Array };

/** A host array known to hold float32. */
export type Float32HostArray = Extract<HostArray, { dtype: "float32" }>;

/** A host array known to hold int64. */
export type Int64HostArray = Extract<HostArray, { dtype: "int64" }>;

/** Number of elements of an array of this shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, axis) => product * axis, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((axis, i) => axis === b[i]);
}

/** `[2,3]` as people and error messages write it. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(",")}]`;
}

function checkLength(where: string, shape: Shape, length: number): void {
  if (sizeOf(shape) !== length) {
    throw new ShapeError("The data does not fill its shape.", {
      where,
      expected: `${sizeOf(shape)} elements for shape ${formatShape(shape)}`,
      found: `${length} elements`,
    });
  }
}

/** A float32 host array. @throws ShapeError when the data does not fill the shape. */
export function float32(shape: Shape, data: Float32Array | readonly number[]): Float32HostArray {
  const values = data instanceof Float32Array ? data : Float32Array.from(data);
  checkLength("float32 array", shape, values.length);
  return { dtype: "float32", shape, data: values };
}

/** An int64 host array. @throws ShapeError when the data does not fill the shape. */
export function int64(shape: Shape, data: BigInt64Array | Int32Array | readonly number[]): Int64HostArray {
  const values = data instanceof BigInt64Array ? data : toBigInts(data);
  checkLength("int64 array", shape, values.length);
  return { dtype: "int64", shape, data: values };
}

/** Whole numbers as 64-bit ones. Going through BigInt costs 0.1 µs each, which index arrays of a batch would feel. */
function toBigInts(data: Int32Array | readonly number[]): BigInt64Array {
  if (!(data instanceof Int32Array)) return BigInt64Array.from(data, BigInt);
  const values = new BigInt64Array(data.length);
  const halves = new Int32Array(values.buffer);
  const low = isLittleEndian ? 0 : 1;
  for (let i = 0; i < data.length; i++) {
    halves[2 * i + low] = data[i]!;
    halves[2 * i + 1 - low] = data[i]! >> 31;
  }
  return values;
}

const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** Zeros of a float32 shape. */
export function zerosFloat32(shape: Shape): Float32HostArray {
  return { dtype: "float32", shape, data: new Float32Array(sizeOf(shape)) };
}
