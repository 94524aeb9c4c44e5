import { describe, expect, it } from "vitest";
import { float32, int64 } from "../../src/base/arrays.ts";
import { expectAllClose, expectArrayClose, expectClose, expectWithin } from "./expect-close.ts";

describe("expectClose", () => {
  it("accepts what is equal and what is within the named tolerance", () => {
    expectClose([1, 2], [1, 2], "exact");
    expectClose([1.000001], [1], "float32Engine");
    expectClose([Number.NaN, Number.POSITIVE_INFINITY], [Number.NaN, Number.POSITIVE_INFINITY], "exact");
    expectClose([0, 0], [0, 0], "exact");
  });

  it.each([
    ["1.004 is not 1.000", [1.004], [1]],
    ["4 is not 2", [4], [2]],
    ["NaN is not Infinity", [Number.NaN], [Number.POSITIVE_INFINITY]],
    ["NaN is not 0", [Number.NaN], [0]],
    ["Infinity is not -Infinity", [Number.POSITIVE_INFINITY], [Number.NEGATIVE_INFINITY]],
    ["a shorter array is not the longer one", [1], [1, 1]],
    ["anything is not zero", [1e-30], [0]],
  ])("%s", (_, actual, expected) => {
    expect(() => expectClose(actual, expected, "float32Engine")).toThrow();
  });

  it("compares dtype and shape", () => {
    expect(() => expectArrayClose(float32([2, 1], [1, 2]), float32([1, 2], [1, 2]), "exact")).toThrow(/shape/);
    expect(() => expectArrayClose(int64([1], [1]), float32([1], [1]), "exact")).toThrow(/dtype/);
  });

  it("by absolute difference: fails beyond it, on NaN, and on another length", () => {
    expectWithin([30.00009], [30], "logit");
    expect(() => expectWithin([30.0002], [30], "logit")).toThrow(/exceeds logit/);
    expect(() => expectWithin([0, Number.NaN], [0, 0], "logit")).toThrow();
    expect(() => expectWithin([0, 0], [0, Number.POSITIVE_INFINITY], "logit")).toThrow();
    expect(() => expectWithin([1], [1, 1], "logit")).toThrow(/1 values/);
  });

  it("fails on a missing and on an extra key", () => {
    const one = new Map([["a", float32([1], [1])]]);
    const two = new Map([...one, ["b", float32([1], [1])] as const]);
    expect(() => expectAllClose(one, two, "exact")).toThrow(/missing keys \[b\]/);
    expect(() => expectAllClose(two, one, "exact")).toThrow(/unexpected keys \[b\]/);
  });
});
