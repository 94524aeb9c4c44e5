/** `src/images` against Pillow, numpy and torchvision (oracle/images.py): equal hashes mean equal bits. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../src/base/node/hash.ts";
import { unitBox } from "../../src/images/boxes.ts";
import { clipInput, filmInput, maskInput } from "../../src/images/encoder-input.ts";
import type { Film } from "../../src/images/film.ts";
import { boxMask } from "../../src/images/mask.ts";
import { readFilm, readFilmHeader } from "../../src/images/node/index.ts";
import { normalise } from "../../src/images/normalise.ts";
import { resizeBicubic } from "../../src/images/resample.ts";
import { type Fit, placeView } from "../../src/images/view.ts";

type Quadruple = [number, number, number, number];

interface Manifest {
  clipTensorOfAllLevels: string;
  films: {
    file: string;
    width: number;
    height: number;
    depth: number;
    colourModel: string;
    levels: string;
    normalised: string;
    boxes: Quadruple[];
    mask: string;
    views: { fit: Fit; side: number; film: string; mask: string; tensor: string }[];
  }[];
  normalise: {
    seed: number;
    width: number;
    height: number;
    depth: 8 | 16;
    low: number;
    levels: number;
    normalised: string;
  }[];
  resample: { seed: number; from: [number, number]; to: [number, number]; levels: 2 | 256; resized: string }[];
  masks: { width: number; height: number; boxes: Quadruple[]; mask: string }[];
  crops: { film: [number, number]; side: number; scaled: [number, number]; left: number; top: number }[];
}

const fixture = (name: string) => fileURLToPath(new URL(`images/${name}`, import.meta.url));
const golden = JSON.parse(readFileSync(fixture("manifest.json"), "utf8")) as Manifest;

function hash(array: Uint8Array | Uint16Array | Float32Array): string {
  return sha256(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
}

/** The oracle's noise: mulberry32, as uint32. */
function noise(seed: number, count: number): Uint32Array {
  let state = seed;
  return Uint32Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return t ^ (t >>> 14);
  });
}

const unitBoxes = (boxes: Quadruple[]) => boxes.map((box) => unitBox(...box));

describe("films of every colour model, from file to tensor", () => {
  it.each(golden.films)("$file", async (expected) => {
    const film = await readFilm(fixture(expected.file));
    const { width, height, depth, colourModel } = expected;
    expect(film).toMatchObject({ width, height, depth, colourModel });
    expect(await readFilmHeader(fixture(expected.file))).toEqual({ width, height, depth, colourModel });
    expect(hash(film.pixels), "decoded grey levels").toBe(expected.levels);
    expect(hash(normalise(film).pixels), "normalised film").toBe(expected.normalised);

    const boxes = unitBoxes(expected.boxes);
    expect(hash(boxMask(boxes, film).pixels), "mask").toBe(expected.mask);
    expect(expected.views).toHaveLength(3);
    for (const { fit, side, ...view } of expected.views) {
      const input = filmInput(film, { fit, side });
      expect(hash(input.pixels), `film, ${fit} to ${side}`).toBe(view.film);
      expect(hash(clipInput(input)), `tensor, ${fit} to ${side}`).toBe(view.tensor);
      expect(hash(maskInput(boxes, film, { fit, side }).pixels), `mask, ${fit} to ${side}`).toBe(view.mask);
    }
  });
});

describe("normalisation of noise", () => {
  it.each(golden.normalise)("seed $seed: $depth bits, $levels levels from $low", (expected) => {
    const { seed, width, height, depth, low, levels } = expected;
    const pixels = noise(seed, width * height).map((draw) => low + (draw % levels));
    const size = { width, height, colourModel: "grey" } as const;
    const film: Film =
      depth === 16
        ? { ...size, depth, pixels: Uint16Array.from(pixels) }
        : { ...size, depth, pixels: Uint8Array.from(pixels) };
    expect(hash(normalise(film).pixels)).toBe(expected.normalised);
  });
});

describe("bicubic resize of noise", () => {
  it.each(golden.resample)("seed $seed: $from to $to, $levels levels", ({ seed, from, to, levels, resized }) => {
    const [width, height] = from;
    const pixels = Uint8Array.from(noise(seed, width * height), (draw) => (draw % levels) * (levels === 2 ? 255 : 1));
    const result = resizeBicubic({ width, height, pixels }, { width: to[0], height: to[1] });
    expect(hash(result.pixels)).toBe(resized);
  });
});

it("masks with edges on half pixels, beyond the borders, reversed and empty", () => {
  for (const { width, height, boxes, mask } of golden.masks) {
    expect(hash(boxMask(unitBoxes(boxes), { width, height }).pixels), `${width}×${height}`).toBe(mask);
  }
});

it("the place of the centre crop for many film sizes", () => {
  for (const { film, side, scaled, left, top } of golden.crops) {
    expect(placeView({ width: film[0], height: film[1] }, { fit: "crop", side })).toEqual({
      scaled: { width: scaled[0], height: scaled[1] },
      left,
      top,
    });
  }
});

it("the CLIP tensor of all 256 grey levels", () => {
  const pixels = Uint8Array.from({ length: 256 }, (_, level) => level);
  expect(hash(clipInput({ width: 16, height: 16, pixels }))).toBe(golden.clipTensorOfAllLevels);
});
