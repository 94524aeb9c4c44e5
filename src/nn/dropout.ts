/**
 * Dropout whose masks are inputs: a mask's bits depend on seed, step, site and their own coordinates alone, not on the
 * device, on the shape of the batch, or on how it is cut into parts.
 */
import type { HostArray, Shape } from "../base/arrays.ts";
import { fnv1a } from "../base/random.ts";
import { ops, type Tensor, type ValueType } from "../graph/index.ts";

/** Drops elements of x and scales the others. `site` names the kind of place; the graph's scope tells places apart. */
export type Dropout = (x: Tensor, site: string) => Tensor;

export const noDropout: Dropout = (x) => x;

const prefix = "dropout";

/**
 * Zeroes the elements whose mask is false and multiplies the others by 1 / (1 - rate). Each place gets a bool input of
 * x's shape, named after the site and counted.
 */
export function maskedDropout(rate: number): Dropout {
  if (rate === 0) return noDropout;
  let places = 0;
  return (x, site) => {
    const isKept = x.graph.input(`${prefix}/${places++}.${site}`, "bool", x.shape);
    return ops.where(isKept, ops.mul(x, 1 / (1 - rate)), 0);
  };
}

/** A 32-bit mixing function whose output bits each depend on all input bits. */
function mix(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

const golden = 0x9e3779b9;

/**
 * One mask: element [i, j, …] is true with probability 1 - rate.
 * @param firstRow the index that the first element of axis 0 has in the whole batch
 */
export function dropoutMask(key: string, shape: Shape, rate: number, firstRow: number): HostArray {
  const threshold = rate * 2 ** 32;
  const width = shape.at(-1)!;
  const leading = shape.slice(0, -1);
  const data = new Uint8Array(shape.reduce((a, b) => a * b, 1));
  const start = fnv1a(key);
  const fill = (axis: number, base: number, offset: number): number => {
    if (axis === leading.length) {
      for (let i = 0; i < width; i++) data[offset + i] = mix(base + Math.imul(i, golden)) >= threshold ? 1 : 0;
      return offset + width;
    }
    const first = axis === 0 ? firstRow : 0;
    let next = offset;
    for (let i = 0; i < leading[axis]!; i++) next = fill(axis + 1, mix(base + Math.imul(first + i, golden)), next);
    return next;
  };
  fill(0, start, 0);
  return { dtype: "bool", shape, data };
}

/** The masks of a step, for every dropout place among a graph's inputs. */
export function dropoutFeeds(
  inputs: ReadonlyMap<string, ValueType>,
  { rate, seed, step, firstRow }: { rate: number; seed: number; step: number; firstRow: number },
): Map<string, HostArray> {
  const places = [...inputs].filter(([name]) => name.startsWith(`${prefix}/`));
  return new Map(
    places.map(([name, { shape }]) => [name, dropoutMask(`${seed}/${name}/step-${step}`, shape, rate, firstRow)]),
  );
}
