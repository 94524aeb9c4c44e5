import type { HostArray, Shape } from "../base/arrays.ts";

/** Named arrays of a model, under the names of its official files. Read-only: training makes new ones. */
export type Weights = ReadonlyMap<string, HostArray>;

/** A tensor of a file, not read yet. */
export interface StoredTensor {
  readonly name: string;
  /** safetensors' name of the element type: F32, I64, … */
  readonly type: string;
  readonly shape: Shape;
}
