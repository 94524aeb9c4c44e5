import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unitBox } from "../../images/boxes.ts";
import { scoresOf } from "../measurement.ts";
import { isMeasured } from "../metric.ts";
import { overlapOf } from "./box-area.ts";
import { type GroundedPair, groundingScores, regionScore } from "./grounding.ts";

const left = unitBox(0, 0, 0.5, 1);
const right = unitBox(0.5, 0, 1, 1);
const middle = unitBox(0.25, 0, 0.75, 1);

describe("areas of sets of boxes", () => {
  it("count what several boxes cover once, and nothing outside the image", () => {
    expect(overlapOf([left, middle], [])).toEqual({ first: 0.75, second: 0, shared: 0 });
    expect(overlapOf([unitBox(-1, -1, 0.5, 0.5)], [unitBox(0.25, 0.25, 2, 2)])).toEqual({
      first: 0.25,
      second: 0.5625,
      shared: 0.0625,
    });
    expect(overlapOf([unitBox(0.5, 0, 0.25, 1)], [left])).toEqual({ first: 0, second: 0.5, shared: 0 });
  });

  it("agree with counting the cells of a grid", () => {
    const cells = 16;
    const boxes = (seed: number) =>
      Array.from({ length: 4 }, (_, i) => {
        const edge = (k: number) => ((seed * 7 + i * 5 + k * 3) % cells) / cells;
        const [x, y] = [edge(1), edge(2)];
        return unitBox(x, y, Math.min(1, x + 0.25 + edge(4) / 4), Math.min(1, y + 0.25));
      });
    for (let seed = 0; seed < 30; seed++) {
      const [a, b] = [boxes(seed), boxes(seed + 11)];
      const count = (inside: (x: number, y: number) => boolean) => {
        let sum = 0;
        for (let x = 0; x < 64; x++) for (let y = 0; y < 64; y++) if (inside((x + 0.5) / 64, (y + 0.5) / 64)) sum++;
        return sum / 64 ** 2;
      };
      const within = (set: typeof a) => (x: number, y: number) =>
        set.some((box) => box.x1 <= x && x <= box.x2 && box.y1 <= y && y <= box.y2);
      const { first, second, shared } = overlapOf(a, b);
      expect(first).toBeCloseTo(count(within(a)), 10);
      expect(second).toBeCloseTo(count(within(b)), 10);
      expect(shared).toBeCloseTo(
        count((x, y) => within(a)(x, y) && within(b)(x, y)),
        10,
      );
    }
  });
});

describe("a region's scores", () => {
  /** Boxes on whole pixels of an image that is no square. */
  const [width, height] = [24, 15];
  const box = fc
    .tuple(fc.nat(width - 1), fc.nat(height - 1), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 9 }))
    .map(([x, y, w, h]) => [x, y, Math.min(width, x + w), Math.min(height, y + h)] as const);
  const region = fc.array(box, { maxLength: 4 });
  type Region = readonly (readonly [number, number, number, number])[];

  /** RadFact's: both regions drawn as masks, pixels counted. */
  function counted(predicted: Region, reference: Region) {
    const mask = (boxes: Region) => {
      const pixels = new Uint8Array(width * height);
      for (const [x1, y1, x2, y2] of boxes) {
        for (let y = y1; y < y2; y++) pixels.fill(1, y * width + x1, y * width + x2);
      }
      return pixels;
    };
    const [p, r] = [mask(predicted), mask(reference)];
    const total = (pixels: Uint8Array) => pixels.reduce((sum, pixel) => sum + pixel, 0);
    const shared = total(p.map((pixel, i) => pixel & r[i]!));
    return { predicted: total(p), reference: total(r), shared, joined: total(p.map((pixel, i) => pixel | r[i]!)) };
  }

  it("are what counting pixels gives", () => {
    const unit = (boxes: Region) =>
      boxes.map(([x1, y1, x2, y2]) => unitBox(x1 / width, y1 / height, x2 / width, y2 / height));
    fc.assert(
      fc.property(region, region, (predicted, reference) => {
        const score = regionScore(unit(predicted), unit(reference));
        const count = counted(predicted, reference);
        if (count.joined === 0) {
          expect(score).toBeUndefined();
          return;
        }
        expect(score!.iou).toBeCloseTo(count.shared / count.joined, 9);
        if (count.predicted === 0) expect(score!.precision).toBeUndefined();
        else expect(score!.precision).toBeCloseTo(count.shared / count.predicted, 9);
        if (count.reference === 0) expect(score!.recall).toBeUndefined();
        else expect(score!.recall).toBeCloseTo(count.shared / count.reference, 9);
      }),
      { numRuns: 300 },
    );
  });
});

describe("grounded scores", () => {
  const texts = (count: number) => Array.from({ length: count }, () => ({ hypothesis: "", references: [""] }));
  const scores = (grounded: readonly GroundedPair[]) => {
    const outcome = groundingScores(grounded).measure(texts(grounded.length), undefined as never);
    if (outcome instanceof Promise || !isMeasured(outcome)) throw new Error("not measured");
    return scoresOf(outcome);
  };

  it("are means over the regions that there are", () => {
    const all = scores([
      { predicted: [middle], references: [[left]] }, // IoU 1/3, precision and recall 1/2
      { predicted: [left], references: [[left]] },
      { predicted: [], references: [[left]] }, // missed: no precision
      { predicted: [right], references: [[]] }, // made up: no recall
      { predicted: [], references: [[]] }, // nothing to find: does not count
    ]);
    const corpus = (name: string) => all.get(name)!.corpus;
    expect(corpus("box IoU")).toBeCloseTo((1 / 3 + 1) / 4, 12);
    expect(corpus("pixel precision")).toBeCloseTo((0.5 + 1 + 0) / 3, 12);
    expect(corpus("pixel recall")).toBeCloseTo((0.5 + 1 + 0) / 3, 12);
    expect(corpus("boxes entailed")).toBeCloseTo(2 / 3, 12);
    expect(all.get("box IoU")!.items[4]).toBeNaN();
  });

  it("take the study's best region", () => {
    expect(scores([{ predicted: [left], references: [[right], [middle], [left]] }]).get("box IoU")!.corpus).toBe(1);
  });

  it("say when there are no predicted boxes, and refuse another number of rows", () => {
    const none = groundingScores([{ predicted: [], references: [[left]] }]);
    expect(none.measure(texts(1), undefined as never)).toMatchObject({ reason: "no row has predicted boxes" });
    expect(() => none.measure(texts(2), undefined as never)).toThrow(/not as many rows of boxes/);
  });
});
