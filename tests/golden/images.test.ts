/** `src/images` against Pillow, numpy and torchvision (oracle/images.py): equal hashes mean equal bits. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encode } from "fast-png";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "../../src/base/node/hash.ts";
import { unitBox } from "../../src/images/boxes.ts";
import { clipInput, filmInput, maskInput } from "../../src/images/encoder-input.ts";
import type { Film } from "../../src/images/film.ts";
import { boxMask } from "../../src/images/mask.ts";
import { readFilm, readFilmHeader } from "../../src/images/node/index.ts";
import { normalise } from "../../src/images/normalise.ts";
import { resizeBicubic } from "../../src/images/resample.ts";
import { type Fit, placeView } from "../../src/images/view.ts";
import { mulberry32 } from "../support/portable.ts";

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
  boxes: Quadruple[][];
  drawn: {
    seed: number;
    width: number;
    height: number;
    channels: 1 | 2 | 3 | 4;
    bits: 8 | 16;
    boxes: number;
    side: number;
    /** Hash of the hashes of every stage, in the order of the test. */
    all: string;
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

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "films-"));
});
afterAll(() => rm(folder, { recursive: true }));

const fixture = (name: string) => fileURLToPath(new URL(`images/${name}`, import.meta.url));
const golden = JSON.parse(readFileSync(fixture("manifest.json"), "utf8")) as Manifest;

function hash(array: Uint8Array | Uint16Array | Float32Array): string {
  return sha256(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
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

describe("160 drawn films of every colour model, depth and shape, from file to tensor", () => {
  it.each(golden.drawn)("seed $seed: $width×$height, $channels channels of $bits bits", async (drawn) => {
    const { seed, width, height, channels, bits, side } = drawn;
    const values = mulberry32(seed, width * height * channels).map((draw) => draw % 2 ** bits);
    const data = bits === 16 ? Uint16Array.from(values) : Uint8Array.from(values);
    const path = join(folder, `${seed}.png`);
    await writeFile(path, encode({ width, height, channels, depth: bits, data }));
    const film = await readFilm(path);
    const boxes = unitBoxes(golden.boxes[drawn.boxes]!);
    const hashes = [hash(film.pixels), hash(normalise(film).pixels), hash(boxMask(boxes, film).pixels)];
    for (const fit of ["crop", "pad", "stretch"] as const) {
      const input = filmInput(film, { fit, side });
      hashes.push(hash(input.pixels), hash(clipInput(input)), hash(maskInput(boxes, film, { fit, side }).pixels));
    }
    expect(sha256(hashes.join(""))).toBe(drawn.all);
  });
});

describe("normalisation of noise", () => {
  it.each(golden.normalise)("seed $seed: $depth bits, $levels levels from $low", (expected) => {
    const { seed, width, height, depth, low, levels } = expected;
    const pixels = mulberry32(seed, width * height).map((draw) => low + (draw % levels));
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
    const pixels = Uint8Array.from(
      mulberry32(seed, width * height),
      (draw) => (draw % levels) * (levels === 2 ? 255 : 1),
    );
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
