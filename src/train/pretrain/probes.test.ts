import { describe, expect, it } from "vitest";
import { Random } from "../../base/random.ts";
import { areaUnderCurve, determination, fitLinear } from "./probes.ts";

describe("a linear probe", () => {
  const random = new Random(1);
  const vectors = Array.from({ length: 200 }, () => Array.from({ length: 6 }, () => random.normal()));
  const values = vectors.map(([a, b]) => 3 * a! - 2 * b! + 5);

  it("finds a linear function again", () => {
    const probe = fitLinear(vectors, values, 1e-12);
    expect(probe.predict([0, 0, 0, 0, 0, 0])).toBeCloseTo(5, 8);
    expect(probe.predict([1, 1, 7, 7, 7, 7])).toBeCloseTo(6, 8);
    const predicted = vectors.map((vector) => probe.predict(vector));
    expect(determination(predicted, values)).toBeCloseTo(1, 10);
  });

  it("explains nothing of noise on new data", () => {
    const noise = vectors.map(() => random.normal());
    const probe = fitLinear(vectors.slice(0, 100), noise.slice(0, 100));
    const predicted = vectors.slice(100).map((vector) => probe.predict(vector));
    expect(determination(predicted, noise.slice(100))).toBeLessThan(0.2);
  });

  it("has R² 0 for the mean and less for worse", () => {
    expect(determination([2, 2, 2], [1, 2, 3])).toBe(0);
    expect(determination([3, 2, 1], [1, 2, 3])).toBeLessThan(0);
  });
});

describe("the area under the curve", () => {
  it.each([
    [[1, 2, 3, 4], [false, false, true, true], 1],
    [[4, 3, 2, 1], [false, false, true, true], 0],
    [[1, 1, 1, 1], [false, true, false, true], 0.5],
    [[1, 2, 2, 3], [false, false, true, true], 0.875],
  ])("of %j for %j is %d", (scores, isPositive, area) => {
    expect(areaUnderCurve(scores, isPositive)).toBe(area);
  });

  it("is not defined without both kinds", () => {
    expect(areaUnderCurve([1, 2], [true, true])).toBeNaN();
  });
});
