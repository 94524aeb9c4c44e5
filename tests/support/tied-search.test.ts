import { describe, expect, it } from "vitest";
import { followSearch, type SearchTrace } from "./tied-search.ts";

/** Two beams, stop token 9: [1] and [2], then [1,3] and the finished [2,9]; [1,4] is just behind. */
const reference: SearchTrace = {
  beam: 2,
  stop: 9,
  steps: [
    [
      [0, 1, -1],
      [0, 2, -1.5],
    ],
    [
      [1, 9, -0.5],
      [0, 3, -1],
      [0, 4, -1.0005],
    ],
    [
      [0, 0, -0.5],
      [1, 5, -2],
    ],
  ],
};
const kept = (...beams: [number[], number][]) => beams.map(([tokens, score]) => ({ tokens, score }));
const first = kept([[2], -1.5], [[1], -1]);
const last = kept([[2, 9], -0.5], [[1, 3, 5], -2]);

describe("followSearch", () => {
  it("sees the same beams, in any order", () => {
    const second = kept([[1, 3], -1], [[2, 9], -0.5]);
    expect(followSearch(reference, [first, second, last])).toEqual({ partedAt: undefined, gap: 0, scoreDistance: 0 });
  });

  it("measures scores", () => {
    const second = kept([[1, 3], -1.25], [[2, 9], -0.5]);
    expect(followSearch(reference, [first, second, last]).scoreDistance).toBe(0.25);
  });

  it("measures by how much another choice is worse, in the reference's scores", () => {
    const second = kept([[1, 4], -1], [[2, 9], -0.5]);
    const { partedAt, gap } = followSearch(reference, [first, second, []]);
    expect(partedAt).toBe(1);
    expect(gap).toBeCloseTo(0.0005, 10);
  });

  it("fails on a choice that was not near, on a search that ends early, and on one that goes on", () => {
    const strange = kept([[1, 5], -1], [[2, 9], -0.5]);
    expect(() => followSearch(reference, [first, strange, last])).toThrow(/1,5 is not among/);
    expect(() => followSearch(reference, [first])).toThrow(/before decision 1/);
    const second = kept([[1, 3], -1], [[2, 9], -0.5]);
    expect(() => followSearch(reference, [first, second, last, last])).toThrow(/went on/);
  });
});
