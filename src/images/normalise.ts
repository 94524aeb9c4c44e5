/**
 * The reference normalisation (REFERENCE 2.1), bit for bit as numpy computes it in float32.
 *
 * Every step maps a grey level to a value and never reverses the order, so the film's histogram holds all that the
 * percentile needs, and one table over the grey levels does the work of an array pass per step.
 */
import type { Film, GreyImage } from "./film.ts";
import { type LevelImage, lookUp } from "./levels.ts";

const float32 = Math.fround;
const epsilon = float32(1e-8);

/** Counts in two tables in turn: neighbours are often equal, and a count waits for the one before at its place. */
function histogram({ depth, pixels }: Film): Uint32Array {
  const counts = new Uint32Array(2 ** depth);
  const others = new Uint32Array(2 ** depth);
  const end = pixels.length - (pixels.length % 2);
  for (let i = 0; i < end; i += 2) {
    counts[pixels[i]!]!++;
    others[pixels[i + 1]!]!++;
  }
  if (end < pixels.length) counts[pixels[end]!]!++;
  for (let level = 0; level < counts.length; level++) counts[level]! += others[level]!;
  return counts;
}

/** Level → value: x/255 for 8 bits, (x − min)/(max − min + 1e-8) over the levels that occur for 16 bits. */
function levelValues(film: Film, counts: Uint32Array): Float32Array {
  const isByte = film.depth === 8;
  const min = isByte ? 0 : counts.findIndex((count) => count > 0);
  const max = counts.findLastIndex((count) => count > 0);
  const range = isByte ? 255 : float32(max - min + epsilon);
  const values = new Float32Array(counts.length);
  for (let level = 0; level < values.length; level++) values[level] = (level - min) / range;
  return values;
}

/** The level at a rank (from 0) of all pixels sorted. */
function levelAtRank(counts: Uint32Array, rank: number): number {
  let seen = 0;
  return counts.findIndex((count) => {
    seen += count;
    return seen > rank;
  });
}

/**
 * The 99th percentile with linear interpolation between order statistics. numpy finds the ranks in float64 and
 * interpolates in float32, from the nearer of the two neighbours.
 */
function percentile99(values: Float32Array, counts: Uint32Array, pixelCount: number): number {
  const rank = (pixelCount - 1) * 0.99;
  const below = Math.floor(rank);
  const weight = rank - below;
  const low = values[levelAtRank(counts, below)]!;
  const high = values[levelAtRank(counts, Math.min(below + 1, pixelCount - 1))]!;
  const step = float32(high - low);
  return weight < 0.5
    ? float32(low + float32(step * float32(weight)))
    : float32(high - float32(step * float32(1 - weight)));
}

/**
 * Brightens a film to its 99th percentile and truncates it to 8 bits: y = clip(x / (p99 + 1e-8), 0, 1), ⌊255·y⌋.
 *
 * A constant 16-bit film becomes black. A constant 8-bit one becomes white, or 254 for grey levels dark enough that
 * float32 still sees the 1e-8. Where p99 is 0, every pixel that is not 0 becomes 255.
 * @returns the film's levels, and the table that does all this
 */
export function brighten(film: Film): LevelImage {
  const counts = histogram(film);
  const values = levelValues(film, counts);
  const { width, height, pixels: levels } = film;
  const scale = float32(percentile99(values, counts, levels.length) + epsilon);
  const table = new Uint8Array(values.length);
  for (let level = 0; level < table.length; level++) {
    const brightened = Math.max(0, Math.min(1, float32(values[level]! / scale)));
    table[level] = float32(brightened * 255);
  }
  return { width, height, levels, table };
}

/** `brighten`, with every pixel looked up. */
export function normalise(film: Film): GreyImage {
  return lookUp(brighten(film));
}
