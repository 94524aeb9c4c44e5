import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planBatches } from "./batches.ts";

describe("batches", () => {
  it("put short sequences beside long ones, the longest first", () => {
    expect(planBatches([9, 3, 40, 8, 38, 60])).toEqual([
      {
        rows: 4,
        length: 64,
        texts: 16,
        members: [
          { index: 5, row: 0, place: 0, start: 0 },
          { index: 1, row: 0, place: 1, start: 60 },
          { index: 2, row: 1, place: 0, start: 0 },
          { index: 0, row: 1, place: 1, start: 40 },
          { index: 3, row: 1, place: 2, start: 49 },
          { index: 4, row: 2, place: 0, start: 0 },
        ],
      },
    ]);
  });

  it("hold no more positions than a run should, and at least one sequence", () => {
    const shapes = planBatches(Array<number>(9).fill(500)).map(({ rows, length, members }) => [
      rows,
      length,
      members.length,
    ]);
    expect(shapes).toEqual([
      [4, 512, 4],
      [4, 512, 4],
      [1, 512, 1],
    ]);
    expect(planBatches([4096])).toMatchObject([{ rows: 1, length: 4096 }]);
    expect(planBatches([])).toEqual([]);
  });

  it("of little are small", () => {
    expect(planBatches([5])).toMatchObject([{ rows: 1, length: 8, texts: 2 }]);
  });

  it("hold every sequence once, none over another, and waste little", () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 300 });
    fc.assert(
      fc.property(lengths, (lengths) => {
        const batches = planBatches(lengths);
        const seen = batches.flatMap(({ members }) => members.map(({ index }) => index)).sort((a, b) => a - b);
        expect(seen).toEqual(lengths.map((_, i) => i));
        for (const { rows, length, texts, members } of batches) {
          const ends = new Map<number, number>();
          for (const { index, row, place, start } of members) {
            expect(row).toBeLessThan(rows);
            expect(place).toBeLessThan(texts);
            expect(start).toBe(ends.get(row) ?? 0); // side by side, in order
            ends.set(row, start + lengths[index]!);
            expect(ends.get(row)).toBeLessThanOrEqual(length);
          }
        }
        expect(new Set(batches.map(({ rows, length }) => `${rows}x${length}`)).size).toBeLessThanOrEqual(40);
      }),
    );
  });

  it("of many findings are nine tenths full", () => {
    const lengths = Array.from({ length: 2000 }, (_, i) => 5 + ((i * 7) % 20));
    const batches = planBatches(lengths);
    const positions = batches.reduce((sum, { rows, length }) => sum + rows * length, 0);
    expect(lengths.reduce((sum, length) => sum + length, 0) / positions).toBeGreaterThan(0.9);
    expect(new Set(batches.map(({ rows, length }) => `${rows}x${length}`)).size).toBeLessThanOrEqual(2);
  });
});
