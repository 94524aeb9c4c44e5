import fc from "fast-check";
import { expect, it } from "vitest";
import type { Film } from "./film.ts";
import { normalise } from "./normalise.ts";

function film8(...levels: number[]): Film {
  return { width: levels.length, height: 1, depth: 8, colourModel: "grey", pixels: Uint8Array.from(levels) };
}

function film16(...levels: number[]): Film {
  return { width: levels.length, height: 1, depth: 16, colourModel: "grey", pixels: Uint16Array.from(levels) };
}

it("follows the rule on levels worked out by hand", () => {
  // 101 pixels: rank 99 exactly, so p99 is the second largest, 100/255; 50 → ⌊127.5⌋, 25 → ⌊63.75⌋, 200 is clipped.
  const levels = [200, 100, 50, 25, ...new Array<number>(97).fill(0)];
  expect([...normalise(film8(...levels)).pixels.subarray(0, 5)]).toEqual([255, 255, 127, 63, 0]);
  // 16 bits start at the darkest level: 1000 → 0, 1000 + 100 → p99.
  expect([...normalise(film16(...levels.map((level) => level + 1000))).pixels.subarray(0, 5)]).toEqual([
    255, 255, 127, 63, 0,
  ]);
});

it("turns every pixel that is not black white where the percentile is 0", () => {
  const levels = [1, 3, ...new Array<number>(998).fill(0)];
  expect([...normalise(film8(...levels)).pixels.subarray(0, 3)]).toEqual([255, 255, 0]);
});

it("makes a constant 16-bit film black, and a constant 8-bit film as bright as float32 says", () => {
  expect([...normalise(film16(5000, 5000, 5000)).pixels]).toEqual([0, 0, 0]);
  expect([...normalise(film8(77, 77)).pixels]).toEqual([255, 255]);
  expect([...normalise(film8(1, 1)).pixels]).toEqual([254, 254]);
  expect([...normalise(film8(0, 0)).pixels]).toEqual([0, 0]);
});

it("keeps the order of grey levels, whatever the film", () => {
  const levels = fc.array(fc.integer({ min: 0, max: 65535 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(levels, (drawn) => {
      const sorted = drawn.toSorted((a, b) => a - b);
      const { pixels } = normalise(film16(...sorted));
      expect([...pixels]).toEqual([...pixels].sort((a, b) => a - b));
    }),
  );
});
