/** Arrays as PyTorch and numpy store them: a window with strides over a run of elements that lies elsewhere. */
import { formatShape, type HostArray, type Shape, sizeOf } from "../base/arrays.ts";
import { bytesPerElement, landingFor } from "./dtypes.ts";

/** A run of elements of one type. */
export interface Elements {
  /** Name of the type as safetensors calls it: F32, I64, … */
  readonly type: string;
  readonly count: number;
  /** Its bytes, little-endian, where they are in memory; in a PyTorch file they are found under `key`. */
  readonly bytes?: Uint8Array;
  readonly key?: string;
}

export class ArrayView {
  readonly elements: Elements;
  readonly shape: Shape;
  /** Elements from one index to the next along each axis. */
  readonly strides: readonly number[];
  /** The element that index 0 of every axis is. */
  readonly offset: number;

  constructor(elements: Elements, shape: Shape, strides: readonly number[], offset: number) {
    this.elements = elements;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
  }

  get type(): string {
    return this.elements.type;
  }

  /** Elements from the first to the last that is used. */
  get span(): number {
    return this.shape.includes(0) ? 0 : 1 + this.shape.reduce((sum, axis, i) => sum + (axis - 1) * this.strides[i]!, 0);
  }

  /**
   * Whether every index stays inside the elements, the elements are all there, and the array is not larger than they
   * are: strides of 0 could make terabytes of a few bytes.
   */
  get isSound(): boolean {
    const { shape, strides, offset, elements } = this;
    const whole = [...shape, ...strides, offset].every((n) => Number.isSafeInteger(n) && n >= 0);
    const fits = whole && offset + this.span <= elements.count && sizeOf(shape) <= elements.count;
    const bytes = elements.count * bytesPerElement[elements.type]!;
    return fits && strides.length === shape.length && (elements.bytes?.length ?? bytes) === bytes;
  }
}

/** Strides of an array without gaps, last axis fastest. */
export function rowMajorStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= Math.max(1, shape[axis]!);
  }
  return strides;
}

/**
 * The array's values in order, from the bytes of its elements `offset … offset + span - 1`.
 * @param where file and tensor, for errors
 * @throws ModelError when the type is one that cannot be read
 */
export function gatherView(view: ArrayView, bytes: Uint8Array, where: string): HostArray {
  const { shape, strides, type } = view;
  const landing = landingFor(type, shape, where);
  const expected = rowMajorStrides(shape);
  const isRowMajor = shape.every((axis, i) => axis === 1 || strides[i] === expected[i]);
  if (isRowMajor) landing.bytes.set(bytes.subarray(0, landing.bytes.length));
  else copyStrided(view, bytes, landing.bytes, bytesPerElement[type]!);
  return landing.array();
}

function copyStrided({ shape, strides }: ArrayView, from: Uint8Array, to: Uint8Array, width: number): void {
  const index = new Array<number>(shape.length).fill(0);
  let source = 0;
  for (let at = 0; at < to.length; at += width) {
    for (let byte = 0; byte < width; byte++) to[at + byte] = from[source * width + byte]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      source += strides[axis]!;
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      source -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
}

/** The values of a view whose elements are in memory. */
export function materialise(view: ArrayView, where: string): HostArray {
  const width = bytesPerElement[view.type]!;
  const start = view.offset * width;
  const bytes = view.elements.bytes ?? new Uint8Array();
  return gatherView(view, bytes.subarray(start, start + view.span * width), where);
}

/** The description of a view for errors and lists. */
export function formatView({ type, shape }: ArrayView): string {
  return `${type} ${formatShape(shape)}`;
}
