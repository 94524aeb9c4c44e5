/**
 * The physics of a film: from what the rays pass to grey levels.
 *
 * attenuation = tissue - air + markings in the aerated lung; then the focal spot's blur, a film curve, quantum noise,
 * and the radiographer's choice of exposure. Bright is dense, as in PadChest.
 */
import { Random } from "../../base/random.ts";
import type { Anatomy } from "./anatomy.ts";
import { paintBody } from "./body.ts";
import { Canvas } from "./canvas.ts";
import { drawMark, type Mark, paintMark } from "./mark.ts";
import type { View } from "./pose.ts";
import { clamp } from "./shapes.ts";

/** How a film was taken. */
export interface Exposure {
  /** Attenuation that becomes mid-grey in an average body; thicker ones are given more radiation. */
  readonly centre: number;
  /** Steepness of the film curve. */
  readonly contrast: number;
  /** Standard deviation of the noise in the lungs, as a share of the grey range. */
  readonly noise: number;
  readonly noiseSeed: number;
  readonly mark: Mark;
}

/** Everything a film is made of. */
export interface FilmPlan {
  readonly anatomy: Anatomy;
  readonly exposure: Exposure;
  /** What the findings add to the normal body. */
  readonly paint: readonly ((canvas: Canvas) => void)[];
}

/** Beds are filmed by weaker, mobile tubes and without a grid: greyer and grainier. */
export function drawExposure(random: Random, view: View): Exposure {
  const isBedside = view === "AP";
  return {
    centre: random.between(0.5, 0.57),
    contrast: (isBedside ? 0.85 : 1) * random.between(2.5, 3.2),
    noise: (isBedside ? 1.3 : 1) * random.between(0.006, 0.014),
    noiseSeed: random.integer(2 ** 32),
    mark: drawMark(random),
  };
}

/**
 * The film of a plan: the same plan and size give the same levels on every machine.
 * @returns [size, size] row-major 16-bit grey levels
 */
export function renderFilm({ anatomy, exposure, paint }: FilmPlan, size: number): Uint16Array {
  const canvas = new Canvas(size);
  paintBody(canvas, anatomy);
  for (const finding of paint) finding(canvas);
  paintMark(canvas, exposure.mark);
  return develop(blur(attenuation(canvas), size), exposure, anatomy.thickness);
}

/** Sums the layers up, into the first of them. */
function attenuation({ tissue, air, markings }: Canvas): Float32Array {
  for (let i = 0; i < tissue.length; i++) {
    // Vessels show against air only: where there is none, their tissue is part of the rest.
    const aerated = clamp(air[i]! * 2.5, 0, 1);
    tissue[i] = tissue[i]! - air[i]! + markings[i]! * aerated;
  }
  return tissue;
}

/** Binomial blur of three by three pixels, edges repeated; in place. */
function blur(values: Float32Array, size: number): Float32Array {
  const rows = new Float32Array(values.length);
  for (let y = 0; y < size; y++) {
    const start = y * size;
    for (let x = 0; x < size; x++) {
      const left = values[start + (x > 0 ? x - 1 : 0)]!;
      const right = values[start + (x + 1 < size ? x + 1 : x)]!;
      rows[start + x] = (left + 2 * values[start + x]! + right) / 4;
    }
  }
  for (let y = 0; y < size; y++) {
    const above = (y > 0 ? y - 1 : 0) * size;
    const below = (y + 1 < size ? y + 1 : y) * size;
    const here = y * size;
    for (let x = 0; x < size; x++) {
      values[here + x] = (rows[above + x]! + 2 * rows[here + x]! + rows[below + x]!) / 4;
    }
  }
  return values;
}

function develop(
  values: Float32Array,
  { centre, contrast, noise, noiseSeed }: Exposure,
  thickness: number,
): Uint16Array {
  const random = new Random(noiseSeed);
  const levels = new Uint16Array(values.length);
  // Two uniforms have the variance 1/6.
  const scale = noise * Math.sqrt(6);
  const middle = centre * thickness;
  for (let i = 0; i < levels.length; i++) {
    const value = values[i]!;
    // Two uniform numbers out of one: the first 26 of its 53 bits, and the others.
    const bits = random.uniform() * 0x4000000;
    const first = Math.floor(bits);
    const grain = scale * (0.4 + value) * (first / 0x4000000 + (bits - first) - 1);
    const exposed = contrast * (value - middle);
    // The film curve: straight in the middle, with a toe and a longer shoulder, so that lines show in the mediastinum.
    const steep = exposed > 0 ? 0.7 * exposed : exposed;
    const grey = 0.5 + (0.5 * steep) / Math.sqrt(1 + steep * steep) + grain;
    levels[i] = Math.floor(clamp(grey, 0, 1) * 65535);
  }
  return levels;
}
