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

/**
 * The steps between neighbouring blocks of a film squeezed to 24 × 24, brought to length 1: what stays of it when
 * size, depth, brightness and contrast change. A film of one grey level gives zeros.
 * @returns [2 · 24 · 23] float32, first down, then right
 */
export function filmRelief(film: Film): Float32Array {
  const means = blockMeans(film);
  const steps: number[] = [];
  for (let i = 0; i < means.length - side; i++) steps.push(means[i + side]! - means[i]!);
  for (let i = 0; i + 1 < means.length; i++) if ((i + 1) % side !== 0) steps.push(means[i + 1]! - means[i]!);
  const length = Math.hypot(...steps);
  return Float32Array.from(steps, (step) => (length === 0 ? 0 : step / length));
}

/**
 * Whether two films look the same: the correlation of their reliefs is at least `likeness`. Gives up as soon as it
 * cannot be any more, which for two different films is after a few blocks.
 */
export function looksLike(a: Float32Array, b: Float32Array, likeness: number): boolean {
  // Of vectors of length 1: ‖a − b‖² = 2 − 2·(a·b).
  const most = 2 - 2 * likeness;
  let distance = 0;
  for (let i = 0; i < a.length; i++) {
    const step = a[i]! - b[i]!;
    distance += step * step;
    if (distance > most) return false;
  }
  return true;
}
