import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose } from "../../tests/support/expect-close.ts";
import {
  boxArea,
  intersection,
  intersectionOverUnion,
  pixelBox,
  pixelToUnit,
  type UnitBox,
  unitBox,
  unitToPixel,
} from "./boxes.ts";

const side = fc.integer({ min: 1, max: 4000 });
const coordinate = fc.double({ min: -0.5, max: 1.5, noNaN: true });
const anyBox = fc.tuple(coordinate, coordinate, coordinate, coordinate).map((edges) => unitBox(...edges));

describe("unitToPixel", () => {
  it("maps a hand-computed box on an image that is not square", () => {
    expect(unitToPixel(unitBox(0.1, 0.25, 0.5, 1), { width: 300, height: 180 })).toEqual(pixelBox(30, 45, 150, 180));
  });

  it("rounds a half to the even neighbour", () => {
    // 0.05·10 = 0.5 → 0, 0.25·10 = 2.5 → 2, 0.75·10 = 7.5 → 8
    expect(unitToPixel(unitBox(0.05, 0, 0.25, 1), { width: 10, height: 4 })).toEqual(pixelBox(0, 0, 2, 4));
    expect(unitToPixel(unitBox(0.25, 0, 0.75, 1), { width: 10, height: 4 })).toEqual(pixelBox(2, 0, 8, 4));
  });

  it("clamps what reaches over the border", () => {
    expect(unitToPixel(unitBox(-3, 0.5, 0.5, 7), { width: 20, height: 10 })).toEqual(pixelBox(0, 5, 10, 10));
  });

  it.each([
    ["reversed in x", unitBox(0.6, 0.1, 0.2, 0.9)],
    ["reversed in y", unitBox(0.1, 0.9, 0.2, 0.1)],
    ["without area after rounding", unitBox(0.101, 0, 0.104, 1)],
    ["outside the image", unitBox(1.1, 0, 1.5, 1)],
    ["not a number", unitBox(Number.NaN, 0, 1, 1)],
  ])("covers no pixel when %s", (_, box) => {
    expect(unitToPixel(box, { width: 100, height: 50 })).toBeUndefined();
  });

  it("stays within the image and never comes out empty", () => {
    fc.assert(
      fc.property(anyBox, side, side, (box, width, height) => {
        const covered = unitToPixel(box, { width, height });
        if (covered === undefined) return;
        expect(covered.x1).toBeGreaterThanOrEqual(0);
        expect(covered.y1).toBeGreaterThanOrEqual(0);
        expect(covered.x2).toBeLessThanOrEqual(width);
        expect(covered.y2).toBeLessThanOrEqual(height);
        expect(boxArea(covered)).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});

it("pixelToUnit is undone by unitToPixel", () => {
  expect(pixelToUnit(pixelBox(30, 45, 150, 180), { width: 300, height: 180 })).toEqual(unitBox(0.1, 0.25, 0.5, 1));
  fc.assert(
    fc.property(side, side, fc.infiniteStream(fc.nat()), (width, height, draws) => {
      const below = (limit: number) => (draws.next().value as number) % limit;
      const x1 = below(width);
      const y1 = below(height);
      const box = pixelBox(x1, y1, x1 + 1 + below(width - x1), y1 + 1 + below(height - y1));
      expect(unitToPixel(pixelToUnit(box, { width, height }), { width, height })).toEqual(box);
    }),
  );
});

describe("intersectionOverUnion", () => {
  it.each<[string, UnitBox, number]>([
    ["itself", unitBox(0, 0, 0.4, 0.2), 1],
    ["its right half moved on by a half", unitBox(0.2, 0, 0.6, 0.2), 1 / 3],
    ["a quarter of it", unitBox(0.1, 0.05, 0.3, 0.15), 1 / 4],
    ["a neighbour that shares an edge", unitBox(0.4, 0, 0.8, 0.2), 0],
    ["a reversed box", unitBox(0.4, 0.2, 0, 0), 0],
  ])("with %s", (_, other, expected) => {
    expectClose([intersectionOverUnion(unitBox(0, 0, 0.4, 0.2), other)], [expected], "float64Sum");
  });

  it("is symmetric, between 0 and 1, and 0 without area", () => {
    fc.assert(
      fc.property(anyBox, anyBox, (a, b) => {
        const overlap = intersectionOverUnion(a, b);
        expect(overlap).toBe(intersectionOverUnion(b, a));
        expect(overlap).toBeGreaterThanOrEqual(0);
        expect(overlap).toBeLessThanOrEqual(1 + 1e-12);
        if (boxArea(intersection(a, b)) === 0) expect(overlap).toBe(0);
      }),
    );
    expect(intersectionOverUnion(pixelBox(2, 2, 2, 5), pixelBox(2, 2, 2, 5))).toBe(0);
  });
});
