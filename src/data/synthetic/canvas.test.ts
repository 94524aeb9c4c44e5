import { describe, expect, it } from "vitest";
import { unitBox } from "../../images/index.ts";
import { Canvas, type Stroke, solid, tubular } from "./canvas.ts";

const size = 64;
const bent: Stroke = {
  points: [
    { x: 0.2, y: 0.3 },
    { x: 0.5, y: 0.6 },
    { x: 0.8, y: 0.35 },
  ],
  radius: 0.05,
  endRadius: 0.03,
  strength: 0.4,
  endStrength: 0.2,
};

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

describe("a stroke", () => {
  it("is as dense as stated in its middle, fades towards its end, and leaves the rest empty", () => {
    const canvas = new Canvas(size);
    canvas.stroke("tissue", bent, solid);
    const at = (x: number, y: number) => canvas.tissue[Math.floor(y * size) * size + Math.floor(x * size)]!;
    expect(at(0.35, 0.45)).toBeGreaterThan(0.9 * 0.35);
    expect(at(0.78, 0.365)).toBeLessThan(at(0.22, 0.32));
    expect(at(0.5, 0.2)).toBe(0);
    expect(Math.max(...canvas.tissue)).toBeLessThanOrEqual(0.4 + 1e-6);
  });

  it("has no seam where its parts meet", () => {
    const straight = (points: Stroke["points"]): Stroke => ({ ...bent, points, endRadius: 0.05, endStrength: 0.4 });
    const [from, middle, to] = [0.2, 0.5, 0.8].map((x) => ({ x, y: 0.5 }));
    const whole = new Canvas(size);
    whole.stroke("tissue", straight([from!, to!]), tubular);
    const joined = new Canvas(size);
    joined.stroke("tissue", straight([from!, middle!, to!]), tubular);
    expect(largestDifference(joined.tissue, whole.tissue)).toBeLessThan(0.005);
  });

  it("is taken away by the same stroke with negative strengths", () => {
    const canvas = new Canvas(size);
    canvas.stroke("tissue", bent, tubular);
    canvas.stroke("tissue", { ...bent, strength: -bent.strength, endStrength: -bent.endStrength }, tubular);
    expect(largestDifference(canvas.tissue, new Canvas(size).tissue)).toBeLessThan(1e-6);
  });
});

describe("a field", () => {
  it.each([
    ["even", unitBox(0, 0, 1, 1)],
    ["odd", unitBox(3 / size, 5 / size, 36 / size, 60 / size)],
    ["one pixel", unitBox(3 / size, 5 / size, 4 / size, 6 / size)],
  ])("without edges is blended to what it is, within bounds of %s size only", (_, bounds) => {
    const field = (x: number, y: number) => 0.3 + 0.5 * x - 0.2 * y;
    const exact = new Canvas(size);
    exact.add("air", bounds, field);
    const blended = new Canvas(size);
    blended.addSmooth("air", bounds, field);
    // The last column has no neighbour to be blended with.
    expect(largestDifference(blended.air, exact.air)).toBeLessThan(0.01);
  });
});
