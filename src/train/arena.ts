/** Many named arrays in one buffer: the optimiser walks the buffer, everybody else sees the arrays. */
import { type Float32HostArray, type Shape, sizeOf } from "../base/arrays.ts";
import type { Weights } from "../weights/index.ts";

/** Numbers that are walked at a time: the chunks of four arenas, and what becomes of them, fit in a core's second cache. */
export const chunk = 1 << 15;

export class Arena {
  /** All numbers; its length is a multiple of the chunk, the surplus is zero. */
  readonly data: Float32Array;
  /** Views by name, in the order of the shapes. */
  readonly arrays: ReadonlyMap<string, Float32HostArray>;

  constructor(shapes: ReadonlyMap<string, Shape>) {
    const total = [...shapes.values()].reduce((sum, shape) => sum + sizeOf(shape), 0);
    this.data = new Float32Array(Math.ceil(total / chunk) * chunk);
    let offset = 0;
    this.arrays = new Map(
      [...shapes].map(([name, shape]) => {
        const data = this.data.subarray(offset, offset + sizeOf(shape));
        offset += sizeOf(shape);
        return [name, { dtype: "float32", shape, data }];
      }),
    );
  }

  /** Where chunks begin. */
  *starts(): Generator<number> {
    for (let start = 0; start < this.data.length; start += chunk) yield start;
  }

  /** A view of the chunk that begins there, [`chunk`]. */
  chunkAt(start: number): Float32HostArray {
    return { dtype: "float32", shape: [chunk], data: this.data.subarray(start, start + chunk) };
  }

  /** Copies the arrays of the same names in. */
  fill(weights: Weights): void {
    for (const [name, array] of this.arrays) array.data.set(weights.get(name)!.data as Float32Array);
  }
}
