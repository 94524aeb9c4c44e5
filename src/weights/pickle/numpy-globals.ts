/** numpy's arrays in pickles: `_reconstruct(ndarray, (0,), b"b")`, then a state with shape, type and bytes. */
import { ArrayView, rowMajorStrides } from "../array-view.ts";
import { bytesPerElement } from "../dtypes.ts";
import { allow, type PickleValue, Stateful } from "./values.ts";

/** numpy's type codes as safetensors calls the types. */
const typeNames: Readonly<Record<string, string>> = {
  f2: "F16",
  f4: "F32",
  f8: "F64",
  i1: "I8",
  i2: "I16",
  i4: "I32",
  i8: "I64",
  u1: "U8",
  b1: "BOOL",
};

class NumpyType extends Stateful {
  readonly type: string;
  isBigEndian = false;

  constructor(type: string) {
    super();
    this.type = type;
  }

  /** (3, byte order, None, None, None, -1, -1, 0): anything but None would be a structure. */
  setState(state: PickleValue): boolean {
    if (!Array.isArray(state)) return false;
    const [, order, subtype, names, fields] = state;
    this.isBigEndian = order === ">";
    return ["<", "=", "|", ">"].includes(String(order)) && [subtype, names, fields].every((part) => part === null);
  }

  finished(): undefined {}
}

class NumpyArray extends Stateful {
  #view: ArrayView | undefined;

  /** (1, shape, type, column-major, bytes). */
  setState(state: PickleValue): boolean {
    if (!Array.isArray(state)) return false;
    const [, shape, type, columnMajor, bytes] = state;
    this.#view = viewOf(bytes, type, shape, columnMajor === true);
    return this.#view !== undefined;
  }

  finished(): ArrayView | undefined {
    return this.#view;
  }
}

function viewOf(
  content: PickleValue | undefined,
  type: PickleValue | undefined,
  shape: PickleValue | undefined,
  columnMajor: boolean,
): ArrayView | undefined {
  if (!(type instanceof NumpyType) || !isShape(shape) || !(content instanceof Uint8Array)) return undefined;
  const width = bytesPerElement[type.type]!;
  const bytes = type.isBigEndian ? swapped(content, width) : content;
  const elements = { type: type.type, count: bytes.length / width, bytes };
  const strides = columnMajor ? rowMajorStrides([...shape].reverse()).reverse() : rowMajorStrides(shape);
  const view = new ArrayView(elements, shape, strides, 0);
  return view.isSound ? view : undefined;
}

function isShape(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.every((axis) => typeof axis === "number");
}

function swapped(bytes: Uint8Array, width: number): Uint8Array {
  return bytes.map((_, i) => bytes[i - (i % width) + (width - 1 - (i % width))] ?? 0);
}

function numpyType([code]: readonly PickleValue[]): NumpyType | undefined {
  const name = typeof code === "string" && Object.hasOwn(typeNames, code) ? typeNames[code] : undefined;
  return name === undefined ? undefined : new NumpyType(name);
}

const reconstruct = () => new NumpyArray();
/** A number with a numpy type: an array without axes. */
const scalar = ([type, bytes]: readonly PickleValue[]) => viewOf(bytes, type, [], false);
/** Protocol 5 writes an array in one go: (bytes, type, shape, order). */
const fromBuffer = ([bytes, type, shape, order]: readonly PickleValue[]) => viewOf(bytes, type, shape, order === "F");

export const numpyGlobals = allow({
  "numpy dtype": numpyType,
  "numpy ndarray": undefined,
  "numpy.core.multiarray _reconstruct": reconstruct,
  "numpy._core.multiarray _reconstruct": reconstruct,
  "numpy.core.multiarray scalar": scalar,
  "numpy._core.multiarray scalar": scalar,
  "numpy.core.numeric _frombuffer": fromBuffer,
  "numpy._core.numeric _frombuffer": fromBuffer,
});
