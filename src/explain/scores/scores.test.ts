import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GreyImage } from "../../images/index.ts";
import type { PatchMap } from "../patch-map.ts";
import { centreMap, randomMap } from "./baseline-maps.ts";
import { areaUnder } from "./faithfulness.ts";
import { insideShare, localise } from "./localisation.ts";
import { type ScoredRow, scoreColumns, summarise } from "./map-scores.ts";

/** A mask of 8 × 8 pixels that is white in the rectangle. */
function mask(x1: number, y1: number, x2: number, y2: number): GreyImage {
  const pixels = Uint8Array.from({ length: 64 }, (_, i) => {
    const [x, y] = [i % 8, Math.floor(i / 8)];
    return x >= x1 && x < x2 && y >= y1 && y < y2 ? 255 : 0;
  });
  return { width: 8, height: 8, pixels };
}

function map(...values: number[]): PatchMap {
  return { side: Math.sqrt(values.length), values: Float64Array.from(values) };
}

describe("localise", () => {
  // 6 columns of the upper left and right patches' 4 rows: shares 1 and 1/2 of 4 × 4 pixels.
  const inside = insideShare(mask(0, 0, 6, 4), 4);

  it("knows the share of each patch that a box covers", () => {
    expect([...inside.values]).toEqual([1, 0.5, 0, 0]);
  });

  it("gives a map that lies in the box all it can get", () => {
    // The boxes have the area of 1.5 patches, so the two highest are taken: 1.5 of 2 + 1.5 - 1.5.
    expect(localise(map(3, 2, 0, 0), inside)).toEqual({ pointing: 1, iou: 0.75, energy: (3 + 1) / 5 });
  });

  it("gives a map beside the box nothing, whatever is negative inside", () => {
    expect(localise(map(-9, -1, 2, 1), inside)).toEqual({ pointing: 0, iou: 0, energy: 0 });
  });

  it("treats a map without a positive value as one that prefers no place", () => {
    expect(localise(map(0, 0, 0, 0), inside).energy).toBe(1.5 / 4);
  });

  it("stays in 0..1 and does not depend on the map's scale", () => {
    const anyMap = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(anyMap, fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 8 }), (values, x, width) => {
        const box = insideShare(mask(x, 2, Math.min(8, x + width), 7), 2);
        const scores = localise(map(...values), box);
        for (const score of Object.values(scores)) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1 + 1e-12);
        }
        const larger = localise(map(...values.map((value) => 4 * value)), box);
        expect(larger).toEqual(scores);
      }),
    );
  });
});

describe("maps that know nothing", () => {
  it("are the same for the same seed and key, and others for others", () => {
    expect(randomMap(7, 1, "a")).toEqual(randomMap(7, 1, "a"));
    expect(randomMap(7, 1, "a")).not.toEqual(randomMap(7, 1, "b"));
    expect(randomMap(7, 1, "a")).not.toEqual(randomMap(7, 2, "a"));
  });

  it("rank the middle first", () => {
    const { values } = centreMap(5);
    expect(values.indexOf(Math.max(...values))).toBe(12);
    expect(values[0]).toBe(Math.min(...values));
  });
});

it("areaUnder is the trapezoid rule over uneven steps", () => {
  expect(areaUnder([0, 0.25, 1], [1, 0.5, 0])).toBeCloseTo(0.25 * 0.75 + 0.75 * 0.25, 12);
  expect(areaUnder([0, 0.5, 1], [0.4, 0.4, 0.4])).toBeCloseTo(0.4, 12);
});

describe("summarise", () => {
  const row = (cluster: string, good: number, random: number): ScoredRow => ({
    cluster,
    scores: {
      image: Object.fromEntries(
        [
          ["occlusion", good],
          ["random", random],
          ["centre", random + 0.1],
        ].map(([name, value]) => [name, scoreColumns.map(() => value as number)]),
      ),
    },
  });
  const rows = [row("a", 0.8, 0.2), row("a", 0.6, 0.2), row("b", 0.7, 0.3), row("c", 0.9, 0.1)];
  const summaries = summarise(rows, { resamples: 200, seed: 3 });

  it("has a mean with an interval for each map, and pairs maps with those that know nothing", () => {
    expect(summaries.map(({ stream, map }) => `${stream} ${map}`)).toEqual([
      "image occlusion",
      "image random",
      "image centre",
    ]);
    const { columns, against } = summaries[0]!;
    expect(columns["pointing game"].value).toBeCloseTo(0.75, 12);
    expect(columns["pointing game"].low).toBeLessThan(0.75);
    expect(against!.random.IoU.difference.value).toBeCloseTo(0.75 - 0.2, 12);
    expect(against!.centre.IoU.difference.value).toBeCloseTo(0.75 - 0.3, 12);
    expect(against!.random.IoU.difference.low).toBeGreaterThan(0);
    expect(summaries[1]!.against).toBeUndefined();
  });
});
