/**
 * All groups of films that look alike, without comparing every pair.
 *
 * Films are points on a sphere, and two that look alike lie within a small distance r. Projected on a few orthonormal
 * directions, distances only shrink, so whoever is farther than r there is farther everywhere: a k-d tree over the projections
 * gives a few candidates a film, and each of them is compared in full. The result is that of comparing every pair,
 * whatever the directions; good directions (those in which the films differ most) only make it fast.
 */
import { looksLike } from "../../images/index.ts";
import { groupBy } from "../group-by.ts";

/** Directions that films are projected on. */
const directionCount = 12;
/** Films that the directions are taken from, and how often they are improved: subspace iteration of their covariance. */
const sampleSize = 256;
const rounds = 4;
/** Points of a leaf of the tree: comparing some numbers is cheaper than walking. */
const leafSize = 12;
/** Room for the rounding of projections. */
const margin = 1e-6;

function toUnit(relief: Int8Array, into: Float64Array): Float64Array {
  const length = Math.hypot(...relief);
  for (let i = 0; i < into.length; i++) into[i] = length === 0 ? 0 : relief[i]! / length;
  return into;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Gram-Schmidt, twice against rounding; vectors that depend on earlier ones are left out. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const vector of vectors) {
    let rest = vector;
    for (let pass = 0; pass < 2; pass++) {
      for (const known of basis) {
        const share = dot(rest, known);
        rest = rest.map((value, i) => value - share * known[i]!);
      }
    }
    const length = Math.sqrt(dot(rest, rest));
    if (length > 1e-9 * Math.sqrt(dot(vector, vector))) basis.push(rest.map((value) => value / length));
  }
  return basis;
}

/** Orthonormal directions in which some of the films differ most. */
function directionsOf(reliefs: readonly Int8Array[]): Float64Array[] {
  const stride = Math.max(1, Math.ceil(reliefs.length / sampleSize));
  const sample = reliefs
    .filter((_, i) => i % stride === 0)
    .map((relief) => toUnit(relief, new Float64Array(relief.length)));
  const mean = sample[0]!.map((_, k) => sample.reduce((sum, point) => sum + point[k]!, 0) / sample.length);
  const centred = sample.map((point) => point.map((value, k) => value - mean[k]!));
  let basis = orthonormal(centred.slice(0, 2 * directionCount)).slice(0, directionCount);
  for (let round = 0; round < rounds; round++) {
    const turned = basis.map((direction) => {
      const sum = new Float64Array(direction.length);
      for (const point of centred) {
        const share = dot(point, direction);
        for (let k = 0; k < sum.length; k++) sum[k]! += share * point[k]!;
      }
      return sum;
    });
    basis = orthonormal(turned.filter((direction) => dot(direction, direction) > 0));
  }
  // Films that are all the same differ in no direction: any one will do.
  return basis.length > 0 ? basis : [mean.map((_, k) => (k === 0 ? 1 : 0))];
}

/** A k-d tree over points of few dimensions, as a permutation: the middle of each range divides it. */
class PointTree {
  /** The points' coordinates, one point behind the other. */
  readonly #points: Float64Array;
  readonly #dimensions: number;
  readonly #order: Uint32Array;
  /** Dimension that divides a range, by its middle. */
  readonly #axes: Uint8Array;

  constructor(points: Float64Array, dimensions: number) {
    this.#points = points;
    this.#dimensions = dimensions;
    const count = points.length / dimensions;
    this.#order = Uint32Array.from({ length: count }, (_, i) => i);
    this.#axes = new Uint8Array(count);
    this.#divide(0, count);
  }

  #at(index: number, axis: number): number {
    return this.#points[index * this.#dimensions + axis]!;
  }

  #divide(from: number, to: number): void {
    if (to - from <= leafSize) return;
    const middle = (from + to) >> 1;
    const axis = this.#widestAxis(from, to);
    this.#order.subarray(from, to).sort((i, j) => this.#at(i, axis) - this.#at(j, axis));
    this.#axes[middle] = axis;
    this.#divide(from, middle);
    this.#divide(middle + 1, to);
  }

  #widestAxis(from: number, to: number): number {
    let [best, widest] = [0, -1];
    for (let axis = 0; axis < this.#dimensions; axis++) {
      let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (let k = from; k < to; k++) {
        const value = this.#at(this.#order[k]!, axis);
        if (value < low) low = value;
        if (value > high) high = value;
      }
      if (high - low > widest) [best, widest] = [axis, high - low];
    }
    return best;
  }

  /** Shows every point that is no farther than `radius`, in no order. */
  near(point: Float64Array, radius: number, show: (index: number) => void): void {
    const most = radius * radius;
    const test = (index: number) => {
      let distance = 0;
      for (let axis = 0; axis < point.length && distance <= most; axis++)
        distance += (point[axis]! - this.#at(index, axis)) ** 2;
      if (distance <= most) show(index);
    };
    const walk = (from: number, to: number) => {
      if (to - from <= leafSize) {
        for (let k = from; k < to; k++) test(this.#order[k]!);
        return;
      }
      const middle = (from + to) >> 1;
      const index = this.#order[middle]!;
      const axis = this.#axes[middle]!;
      const offset = point[axis]! - this.#at(index, axis);
      test(index);
      if (offset <= radius) walk(from, middle);
      if (offset >= -radius) walk(middle + 1, to);
    };
    walk(0, this.#order.length);
  }
}

/** Sets that grow together: a forest in which every member knows its set's first one, or somebody nearer to it. */
class Sets {
  readonly #towards: Uint32Array;

  constructor(count: number) {
    this.#towards = Uint32Array.from({ length: count }, (_, i) => i);
  }

  firstOf(index: number): number {
    const towards = this.#towards;
    let at = index;
    while (towards[at] !== at) {
      towards[at] = towards[towards[at]!]!;
      at = towards[at]!;
    }
    return at;
  }

  join(a: number, b: number): void {
    const [first, second] = [this.firstOf(a), this.firstOf(b)];
    this.#towards[Math.max(first, second)] = Math.min(first, second);
  }
}

/**
 * The groups of films that look alike: each like at least one other of its group. A film in a thousand versions is one group
 * and about a thousand comparisons; its half million pairs are of no use to anybody.
 * @param reliefs of the films, all of one length
 * @returns groups of two or more indices in ascending order, in the order of their first
 */
export function alikeGroups(reliefs: readonly Int8Array[], likeness: number): (readonly number[])[] {
  if (reliefs.length < 2) return [];
  const directions = directionsOf(reliefs);
  const dimensions = directions.length;
  // One array for all, and none for each film on the way: of 100,000 films their frames alone would take 30 MB.
  const points = new Float64Array(reliefs.length * dimensions);
  const whole = new Float64Array(reliefs[0]!.length);
  for (const [i, relief] of reliefs.entries()) {
    toUnit(relief, whole);
    for (const [axis, direction] of directions.entries()) points[i * dimensions + axis] = dot(whole, direction);
  }
  const tree = new PointTree(points, dimensions);
  // Of vectors of length 1: ‖a − b‖² = 2 − 2·(a·b). Flat films are all at the origin.
  const radius = Math.sqrt(2 - 2 * likeness) + margin;
  const sets = new Sets(reliefs.length);
  for (let i = 0; i < reliefs.length; i++) {
    const point = points.subarray(i * dimensions, (i + 1) * dimensions);
    const compare = (j: number) => {
      if (j > i && sets.firstOf(i) !== sets.firstOf(j) && looksLike(reliefs[i]!, reliefs[j]!, likeness))
        sets.join(i, j);
    };
    tree.near(point, radius, compare);
    // A film's negative lies opposite.
    tree.near(
      point.map((value) => -value),
      radius,
      compare,
    );
  }
  const sizes = new Uint32Array(reliefs.length);
  for (let i = 0; i < reliefs.length; i++) sizes[sets.firstOf(i)]!++;
  const grouped = [...reliefs.keys()].filter((i) => sizes[sets.firstOf(i)]! > 1);
  return [...groupBy(grouped, (i) => sets.firstOf(i)).values()];
}
