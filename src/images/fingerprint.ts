/** What tells films apart, and what films that look alike have in common. */
import type { Film } from "./film.ts";

/** 64 bits of a film's size and pixels, as 16 hexadecimal digits: equal for equal films, whatever file they came from. */
export function contentHash({ width, height, depth, pixels }: Film): string {
  let [a, b] = [0x811c9dc5 ^ width, 0x9e3779b9 ^ (height * 31 + depth)];
  for (let i = 0; i < pixels.length; i++) {
    const level = pixels[i]!;
    a = Math.imul(a ^ level, 0x01000193);
    b = Math.imul(b ^ (level + (b >>> 15)), 0x85ebca6b);
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}

const side = 24;

/** [24, 24] means of blocks. */
function blockMeans({ width, height, pixels }: Film): Float64Array {
  const sums = new Float64Array(side ** 2);
  const counts = new Uint32Array(side ** 2);
  const columns = Uint8Array.from({ length: width }, (_, x) => (x * side) / width);
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * side) / height) * side;
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const block = row + columns[x]!;
      sums[block]! += pixels[at]!;
      counts[block]!++;
    }
  }
  return sums.map((sum, i) => sum / Math.max(1, counts[i]!));
}

/** Largest step of a relief. */
const steepest = 127;

/**
 * The steps between neighbouring blocks of a film squeezed to 24 × 24, the steepest brought to ±127: what stays of it
 * when size, depth, brightness and contrast change, in a kilobyte. A film of one grey level gives zeros.
 * @returns [2 · 24 · 23] int8, first down, then right
 */
export function filmRelief(film: Film): Int8Array {
  const means = blockMeans(film);
  const steps: number[] = [];
  for (let i = 0; i < means.length - side; i++) steps.push(means[i + side]! - means[i]!);
  for (let i = 0; i + 1 < means.length; i++) if ((i + 1) % side !== 0) steps.push(means[i + 1]! - means[i]!);
  const most = steps.reduce((high, step) => Math.max(high, Math.abs(step)), 0);
  return Int8Array.from(steps, (step) => (most === 0 ? 0 : Math.round((steepest * step) / most)));
}

/** What is kept of a film's pixels: enough to find it again under another name, size or contrast. */
export interface FilmPrint {
  readonly contentHash: string;
  readonly relief: Int8Array;
}

export function filmPrint(film: Film): FilmPrint {
  return { contentHash: contentHash(film), relief: filmRelief(film) };
}

function product(a: Int8Array, b: Int8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/**
 * Whether two films look the same, or one like the other's negative: the correlation of their reliefs is at least `likeness`, or at most
 * its opposite. Flat films look like flat films only.
 */
export function looksLike(a: Int8Array, b: Int8Array, likeness: number): boolean {
  const [ab, aa, bb] = [product(a, b), product(a, a), product(b, b)];
  return aa === 0 || bb === 0 ? aa === bb : Math.abs(ab) >= likeness * Math.sqrt(aa * bb);
}
