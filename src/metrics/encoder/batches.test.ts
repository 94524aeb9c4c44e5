import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planBatches } from "./batches.ts";

describe("batches", () => {
  it("go from the longest sequences to the shortest, padded to few lengths", () => {
    expect(planBatches([9, 3, 40, 8, 38], 512)).toEqual([
      { rows: 2, length: 40, members: [2, 4] },
      { rows: 4, length: 16, members: [0, 3, 1] },
    ]);
  });

  it("hold no more positions than a run should, and at least one sequence", () => {
    const batches = planBatches(Array<number>(9).fill(500), 512);
    expect(batches.map(({ rows, length, members }) => [rows, length, members.length])).toEqual([
      [4, 512, 4],
      [4, 512, 4],
      [1, 512, 1],
    ]);
    expect(planBatches([4096], 4096)).toEqual([{ rows: 1, length: 4096, members: [0] }]);
    expect(planBatches([], 512)).toEqual([]);
  });

  it("pad to no more than the encoder has", () => {
    expect(planBatches([19, 20], 20)[0]!.length).toBe(20);
  });

  it("hold every sequence once, none longer than its batch, and never waste more than half on lengths", () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 300 });
    fc.assert(
      fc.property(lengths, (lengths) => {
        const batches = planBatches(lengths, 300);
        const seen = batches.flatMap(({ members }) => members).sort((a, b) => a - b);
        expect(seen).toEqual(lengths.map((_, i) => i));
        for (const { rows, length, members } of batches) {
          expect(members.length).toBeLessThanOrEqual(rows);
          for (const i of members) {
            expect(lengths[i]).toBeLessThanOrEqual(length);
            expect(2 * (lengths[i]! + 64)).toBeGreaterThanOrEqual(length);
          }
        }
        expect(new Set(batches.map(({ rows, length }) => `${rows}x${length}`)).size).toBeLessThanOrEqual(40);
      }),
    );
  });
});
