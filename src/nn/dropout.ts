/**
 * Dropout whose masks are inputs: a mask's bits depend on seed, step, site and their own coordinates alone, not on the
 * device, on the shape of the batch, or on how it is cut into parts.
 */
import type { HostArray, Shape } from "../base/arrays.ts";
import { fnv1a } from "../base/random.ts";
import { type AxisNames, ops, type Tensor, type ValueType } from "../graph/index.ts";

/**
 * Drops elements of x and scales the others. `site` names the kind of place; the graph's scope tells places apart.
 * `axes` names the axes of x whose size differs from run to run.
 */
export type Dropout = (x: Tensor, site: string, axes?: AxisNames) => Tensor;

export const noDropout: Dropout = (x) => x;

const prefix = "dropout";

/**
 * Zeroes the elements whose mask is false and multiplies the others by 1 / (1 - rate). Each place gets a bool input of
 * x's shape, named after the site and counted.
 */
export function maskedDropout(rate: number): Dropout {
  if (rate === 0) return noDropout;
  let places = 0;
  return (x, site, axes) => {
    const isKept = x.graph.input(`${prefix}/${places++}.${site}`, "bool", x.shape, axes);
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

/** Where the elements of an axis stand in the whole batch: one or more coordinates each. */
export type Coordinates = readonly (readonly number[])[];

/**
 * One mask: element [i, j, …] is true with probability 1 - rate.
 * @param rows coordinates of the elements of axis 0; their own index when absent
 */
export function dropoutMask(key: string, shape: Shape, rate: number, rows?: Coordinates): HostArray {
  const threshold = rate * 2 ** 32;
  const width = shape.at(-1)!;
  const leading = shape.slice(0, -1);
  const data = new Uint8Array(shape.reduce((a, b) => a * b, 1));
  const start = fnv1a(key);
  const step = (base: number, index: number) => mix(base + Math.imul(index, golden));
  const fill = (axis: number, base: number, offset: number): number => {
    if (axis === leading.length) {
      for (let i = 0; i < width; i++) data[offset + i] = step(base, i) >= threshold ? 1 : 0;
      return offset + width;
    }
    const places = axis === 0 ? rows : undefined;
    let next = offset;
    for (let i = 0; i < leading[axis]!; i++) next = fill(axis + 1, (places?.[i] ?? [i]).reduce(step, base), next);
    return next;
  };
  fill(0, start, 0);
  return { dtype: "bool", shape, data };
}

/** What the masks of a step depend on. */
export interface DropoutDraw {
  readonly rate: number;
  readonly seed: number;
  /** Updates made so far. */
  readonly step: number;
  /** Sizes of the axes that have names. */
  readonly sizes?: ReadonlyMap<string, number>;
  /** Where the elements of a named first axis stand in the whole batch. */
  readonly coordinates?: ReadonlyMap<string, Coordinates>;
}

/** The masks of a step, for every dropout place among a graph's inputs. */
export function dropoutFeeds(
  inputs: ReadonlyMap<string, ValueType>,
  { rate, seed, step, sizes, coordinates }: DropoutDraw,
): Map<string, HostArray> {
  const places = [...inputs].filter(([name]) => name.startsWith(`${prefix}/`));
  return new Map(
    places.map(([name, { shape, axes = [] }]) => {
      const actual = shape.map((size, axis) => sizes?.get(axes[axis] ?? "") ?? size);
      const key = `${seed}/${name}/step-${step}`;
      return [name, dropoutMask(key, actual, rate, coordinates?.get(axes[0] ?? ""))];
    }),
  );
}
