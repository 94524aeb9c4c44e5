import { describe, expect, it } from "vitest";
import { Graph } from "../graph/index.ts";
import { type Coordinates, dropoutFeeds, dropoutMask, maskedDropout } from "./dropout.ts";

const bits = (shape: readonly number[], rate = 0.1, key = "k", rows?: Coordinates) =>
  dropoutMask(key, shape, rate, rows).data as Uint8Array;

describe("a dropout mask", () => {
  it("drops the share it should, everywhere", () => {
    const mask = bits([40, 12, 30, 30]);
    const share = (values: Iterable<number>) => {
      const all = [...values];
      return all.reduce((sum, value) => sum + 1 - value, 0) / all.length;
    };
    expect(share(mask)).toBeCloseTo(0.1, 2); // 432,000 draws: σ 0.0005
    for (let axis = 0; axis < 30; axis++) {
      expect(share(mask.filter((_, i) => i % 30 === axis))).toBeCloseTo(0.1, 1);
      expect(share(mask.filter((_, i) => Math.floor(i / 30) % 30 === axis))).toBeCloseTo(0.1, 1);
    }
    expect([...bits([3, 3], 0)]).toEqual(Array(9).fill(1));
  });

  it("has neighbours that know nothing of each other", () => {
    const mask = bits([200, 200], 0.5);
    for (const distance of [1, 2, 64, 200]) {
      const same = mask.subarray(distance).filter((value, i) => value === mask[i]).length / (mask.length - distance);
      expect(same).toBeCloseTo(0.5, 1);
    }
  });

  it("depends on coordinates and key, not on the shape around them", () => {
    const [small, large] = [bits([2, 3, 4]), bits([3, 5, 8])];
    for (let i = 0; i < 2; i++)
      for (let j = 0; j < 3; j++)
        expect(small.subarray((i * 3 + j) * 4, (i * 3 + j + 1) * 4)).toEqual(
          large.subarray((i * 5 + j) * 8, (i * 5 + j) * 8 + 4),
        );
    expect(bits([1, 40], 0.5, "k", [[1]])).toEqual(bits([2, 40], 0.5).subarray(40));
    // A row of a matrix may stand for a place in an array of more axes.
    expect(
      bits([2, 40], 0.5, "k", [
        [1, 2],
        [0, 1],
      ]),
    ).toEqual(Uint8Array.from([...bits([2, 3, 40], 0.5).subarray(200), ...bits([2, 3, 40], 0.5).subarray(40, 80)]));
    expect(bits([1, 40], 0.5, "other")).not.toEqual(bits([1, 40], 0.5));
  });
});

it("each place of a graph gets an input and a mask of its own; rate 0 gets none", () => {
  const graph = new Graph("places");
  const x = graph.input("x", "float32", [64]);
  const dropout = maskedDropout(0.5);
  dropout(dropout(x, "embedding"), "residual");
  const masks = dropoutFeeds(graph.inputs, { rate: 0.5, seed: 1, step: 2 });
  expect([...masks.keys()]).toEqual(["dropout/0.embedding", "dropout/1.residual"]);
  expect(masks.get("dropout/0.embedding")!.data).not.toEqual(masks.get("dropout/1.residual")!.data);
  expect(maskedDropout(0)(x, "embedding")).toBe(x);
});
