import { describe, expect, it } from "vitest";
import { joinVectors, visualWidth } from "./visual-input.ts";

const image = Float32Array.of(0.6, 0.8);
const mask = Float32Array.of(0, 1);
const box = Float32Array.of(0.1, 0.2, 0.3, 0.4);
const length = (vector: Float32Array) => Math.hypot(...vector);

describe("the mapper's input", () => {
  it("is one of the two unit vectors, or both, as the mode says", () => {
    expect(joinVectors({ image, mask, box }, { mode: "image", concatNorm: true })).toEqual(image);
    expect(joinVectors({ image, mask, box }, { mode: "mask", concatNorm: true })).toEqual(mask);
    expect([...joinVectors({ image, mask, box }, { mode: "image+mask", concatNorm: false })]).toEqual([
      ...image,
      ...mask,
    ]);
    expect([...joinVectors({ image, mask, box }, { mode: "image+box", concatNorm: true })]).toEqual([...image, ...box]);
    expect(visualWidth(512, { mode: "image+box", concatNorm: true })).toBe(516);
    expect(visualWidth(512, { mode: "mask", concatNorm: true })).toBe(512);
    expect(visualWidth(512, { mode: "image+mask", concatNorm: true })).toBe(1024);
  });

  it("joined has length √2 in the public code and length 1 in the paper", () => {
    expect(length(joinVectors({ image, mask, box }, { mode: "image+mask", concatNorm: false }))).toBeCloseTo(
      Math.SQRT2,
      6,
    );
    const joined = joinVectors({ image, mask, box }, { mode: "image+mask", concatNorm: true });
    expect(length(joined)).toBeCloseTo(1, 6);
    expect(joined[0]! / joined[1]!).toBeCloseTo(0.75, 6);
  });
});
