/** Random weights of a chosen spread: for trials and tests, where an architecture matters and its training does not. */
import { type Shape, sizeOf } from "../base/arrays.ts";
import { Random } from "../base/random.ts";
import type { Weights } from "./weights.ts";

/** How a fresh tensor is drawn: normal around `mean`; a deviation of 0 makes it constant. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

/**
 * The values of one tensor, from a stream of its own that depends on seed and name only.
 * @returns float32, row-major
 */
export function randomValues(seed: number, name: string, shape: Shape, { mean, deviation }: Spread): Float32Array {
  const data = new Float32Array(sizeOf(shape));
  if (deviation === 0) return data.fill(mean);
  const random = Random.named(seed, name);
  for (let i = 0; i < data.length; i++) data[i] = mean + deviation * random.normal();
  return data;
}

/** Fresh float32 weights of these names and shapes. */
export function drawWeights(
  seed: number,
  shapes: ReadonlyMap<string, Shape>,
  spread: (name: string) => Spread,
): Weights {
  return new Map(
    [...shapes].map(([name, shape]) => [
      name,
      { dtype: "float32", shape, data: randomValues(seed, name, shape, spread(name)) },
    ]),
  );
}
