import { describe, expect, it } from "vitest";
import type { GreyImage } from "../../images/index.ts";
import { unitBox } from "../../images/index.ts";
import { jetColours, positiveColours, signedColours } from "./colours.ts";
import { colourRange, drawBoxes, overlay, patchSampler, scaled, stretchedSampler } from "./overlay.ts";

describe("colours", () => {
  it("go from blue over nothing to red", () => {
    const [red, , blue] = signedColours(1);
    expect(red).toBeGreaterThan(blue);
    const [otherRed, , otherBlue] = signedColours(-1);
    expect(otherBlue).toBeGreaterThan(otherRed);
    expect(signedColours(0)[3]).toBe(0);
    expect(positiveColours(0)[3]).toBe(0);
  });

  it("are jet's own at its corners", () => {
    expect(jetColours(0)).toEqual([0, 0, 127.5, 0.35]);
    expect(jetColours(0.5)).toEqual([127.5, 255, 127.5, 0.35]);
    expect(jetColours(1)).toEqual([127.5, 0, 0, 0.35]);
  });
});

describe("a map's range", () => {
  it("is even about 0 for two signs, and from least to most for one", () => {
    const map = { side: 2, values: Float64Array.of(-1, 4, 0, 2) };
    expect(colourRange(map, true)).toEqual({ low: -4, high: 4 });
    expect([...scaled(map, true).values]).toEqual([-0.25, 1, 0, 0.5]);
    expect([...scaled({ side: 2, values: Float64Array.of(1, 3, 2, 1) }, false).values]).toEqual([0, 1, 0.5, 0]);
    expect([...scaled({ side: 1, values: Float64Array.of(7) }, false).values]).toEqual([0]);
  });
});

describe("a map over a film that the view crops", () => {
  // 200 × 100 with a square view: columns 50..149 are seen.
  const film: GreyImage = { width: 200, height: 100, pixels: new Uint8Array(20_000).fill(100) };
  const map = { side: 2, values: Float64Array.of(0.1, 0.2, 0.3, 0.4) };
  const sampler = patchSampler(map, film, { fit: "crop", side: 100 });

  it("puts each patch where the encoder saw it", () => {
    expect(sampler(0.2, 0.5)).toBeUndefined();
    expect(sampler(0.8, 0.5)).toBeUndefined();
    expect(sampler(0.26, 0.1)).toBe(0.1);
    expect(sampler(0.49, 0.49)).toBe(0.1);
    expect(sampler(0.51, 0.49)).toBe(0.2);
    expect(sampler(0.49, 0.51)).toBe(0.3);
    expect(sampler(0.74, 0.99)).toBe(0.4);
  });

  it("has no value in a rest of the view that no patch covers", () => {
    const rest = patchSampler(map, film, { fit: "crop", side: 100 }, 0.8);
    expect(rest(0.25 + 0.5 * 0.79, 0.5)).toBe(0.4);
    expect(rest(0.25 + 0.5 * 0.81, 0.5)).toBeUndefined();
  });

  it("darkens what is not seen, colours what is, and frames the box", () => {
    const picture = overlay(film, sampler, (value) => [255, 0, 0, value]);
    const pixel = (x: number, y: number) => [...picture.pixels.subarray(3 * (y * 200 + x), 3 * (y * 200 + x) + 3)];
    expect(pixel(10, 50)).toEqual([45, 45, 45]);
    expect(pixel(140, 90)).toEqual([162, 60, 60]); // 0.4 of red over 100
    drawBoxes(picture, [unitBox(0.3, 0.2, 0.6, 0.8)], [0, 255, 0]);
    expect(pixel(60, 20)).toEqual([0, 255, 0]);
    expect(pixel(119, 79)).toEqual([0, 255, 0]);
    expect(pixel(90, 50)).not.toEqual([0, 255, 0]);
  });

  it("covers a padded film whole", () => {
    const padded = patchSampler(map, film, { fit: "pad", side: 100 });
    expect([padded(0.01, 0.01), padded(0.99, 0.01), padded(0.01, 0.99), padded(0.99, 0.99)]).toEqual([
      0.1, 0.2, 0.3, 0.4,
    ]);
  });
});

it("a stretched grid has its values at the middle of its cells and straight lines between", () => {
  const sampler = stretchedSampler([0, 1, 2, 3], 2, 2);
  expect(sampler(0.25, 0.25)).toBe(0);
  expect(sampler(0.75, 0.75)).toBe(3);
  expect(sampler(0.5, 0.25)).toBe(0.5);
  expect(sampler(0.5, 0.5)).toBe(1.5);
  expect(sampler(0, 0)).toBe(0);
  expect(sampler(1, 1)).toBe(3);
});
