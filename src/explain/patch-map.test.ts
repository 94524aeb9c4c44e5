import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ranked, replacePatches, sumPatches } from "./patch-map.ts";

const size = fc.integer({ min: 1, max: 4 });

describe("sumPatches", () => {
  it("sums a patch's pixels over all channels, and leaves out what no patch holds", () => {
    const ones = new Float32Array(3 * 5 * 5).fill(1);
    ones[0] = 10; // top left pixel of the first channel
    ones[4] = 1000; // the fifth column belongs to no patch of two pixels
    expect(sumPatches(ones, 5, 2)).toEqual({ side: 2, values: Float64Array.of(21, 12, 12, 12) });
  });

  it("keeps the sum where the patches cover the square", () => {
    fc.assert(
      fc.property(size, size, fc.integer(), (side, pixels, seed) => {
        const length = 3 * (side * pixels) ** 2;
        const values = Float64Array.from({ length }, (_, i) => Math.sin(seed + i));
        const map = sumPatches(values, side * pixels, pixels);
        const sum = (of: Float64Array) => of.reduce((a, b) => a + b, 0);
        expect(map.side).toBe(side);
        expect(sum(map.values)).toBeCloseTo(sum(values), 8);
      }),
    );
  });
});

describe("replacePatches", () => {
  it("takes the named patches from the other input, in every channel", () => {
    const [zeros, ones] = [new Float32Array(3 * 16), new Float32Array(3 * 16).fill(1)];
    const mixed = replacePatches(zeros, ones, 4, 2, (patch) => patch === 1 || patch === 2);
    expect([...sumPatches(mixed, 4, 2).values]).toEqual([0, 12, 12, 0]);
    expect([...mixed.subarray(0, 4)]).toEqual([0, 0, 1, 1]);
    expect(zeros.some((value) => value !== 0)).toBe(false);
  });
});

it("ranked orders from the highest on, equal values as they are read", () => {
  expect(ranked({ side: 2, values: Float64Array.of(1, 3, 1, 2) })).toEqual([1, 3, 0, 2]);
});
