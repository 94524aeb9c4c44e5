/** What must hold of the methods beside PyTorch's numbers (tests/golden/explain.test.ts). */
import { describe, expect, it } from "vitest";
import { expectClose } from "../../../tests/support/expect-close.ts";
import { type ExplainCase, openSystem, subjectsOf } from "../../../tests/support/explained-system.ts";
import { readGolden } from "../../../tests/support/golden.ts";
import { openRuntime } from "../../runtime/node/index.ts";
import { latentMaps, mostSquareGrid, scaleToUnit, truncateTo8Bit } from "../latent/latent-map.ts";
import type { Question } from "../subject.ts";
import { attribute, completenessGap, defaultMethodOptions, methodNames, methodsFor } from "./index.ts";

const runtime = openRuntime();
const { cases } = readGolden<{ cases: ExplainCase[] }>("explain").manifest;
const ofCase = (seed: string) => cases.find((each) => each.seed === seed)!;

describe("integrated gradients", () => {
  // The rule's error falls with the steps; the bounds are nats per step, twice what was seen.
  it.each([
    ["explain-a", [4, 16, 64], 2.5],
    ["explain-resnet", [2, 8, 32], 0.08],
  ] as const)("%s: sum to the score difference, ever more closely", async (seed, stepCounts, bound) => {
    await using system = openSystem(runtime, ofCase(seed), 16);
    const [subject] = subjectsOf(ofCase(seed));
    const question: Question = { subject: subject!, target: "sentence" };
    const gaps: number[] = [];
    for (const steps of stepCounts) {
      const [found] = await attribute("integrated-gradients", system, [question], { ...defaultMethodOptions, steps });
      gaps.push(Math.abs(completenessGap(found!)!));
      expect(gaps.at(-1)).toBeLessThan(bound / steps);
    }
    expect(gaps.at(-1)).toBeLessThan(gaps[0]! / 8);
  });

  it("are additive over tokens", async () => {
    await using system = openSystem(runtime, ofCase("explain-a"), 16);
    const [subject] = subjectsOf(ofCase("explain-a"));
    const targets = ["sentence", ...subject!.tokens.map((_, i) => i)] as const;
    const questions = targets.map((target): Question => ({ subject: subject!, target }));
    for (const method of ["integrated-gradients", "gradient-input", "occlusion"] as const) {
      const [whole, ...parts] = await attribute(method, system, questions, { ...defaultMethodOptions, steps: 4 });
      for (const [stream, { values }] of whole!.maps) {
        const sums = values.map((_, k) => parts.reduce((sum, { maps }) => sum + maps.get(stream)!.values[k]!, 0));
        expectClose(sums, values, "attribution", `${method} ${stream}`);
      }
    }
  });
});

it("questions asked together get the answers they get alone", async () => {
  const of = ofCase("explain-a");
  await using system = openSystem(runtime, of, 4);
  const questions = subjectsOf(of).flatMap((subject): Question[] => [
    { subject, target: "sentence" },
    { subject, target: 1 },
  ]);
  const options = { ...defaultMethodOptions, steps: 3 };
  for (const method of methodNames) {
    const together = await attribute(method, system, questions, options);
    for (const [i, question] of questions.entries()) {
      const [alone] = await attribute(method, system, [question], options);
      for (const [stream, { values }] of alone!.maps) {
        expectClose(together[i]!.maps.get(stream)!.values, values, "attribution", `${method} ${i} ${stream}`);
      }
    }
  }
});

it("gradients and LeGrad are zero where there is nothing to differ from the baseline, or never negative", async () => {
  const of = ofCase("explain-a");
  await using system = openSystem(runtime, of);
  const [subject] = subjectsOf(of);
  const black = { ...subject!.squares.mask, pixels: new Uint8Array(subject!.squares.mask.pixels.length) };
  const question: Question = {
    subject: { ...subject!, squares: { ...subject!.squares, mask: black } },
    target: "sentence",
  };
  for (const method of ["gradient-input", "integrated-gradients", "occlusion"] as const) {
    const [found] = await attribute(method, system, [question], defaultMethodOptions);
    // Occlusion compares runs of other batches: rounding may show.
    for (const value of found!.maps.get("mask")!.values) expect(Math.abs(value)).toBeLessThan(1e-4);
    expect(Math.max(...found!.maps.get("image")!.values.map(Math.abs))).toBeGreaterThan(1e-3);
  }
  const [legrad] = await attribute("legrad", system, [question], defaultMethodOptions);
  expect([...legrad!.maps.get("image")!.values].every((value) => value >= 0)).toBe(true);
});

it("a sentence that the decoder cannot hold is refused, and LeGrad of a residual network", async () => {
  const of = ofCase("explain-resnet");
  await using system = openSystem(runtime, of);
  const [subject] = subjectsOf(of);
  const long: Question = { subject: { ...subject!, tokens: new Array<number>(60).fill(1) }, target: "sentence" };
  await expect(attribute("gradient-input", system, [long], defaultMethodOptions)).rejects.toThrow(/longer than/);
  const question: Question = { subject: subject!, target: "sentence" };
  await expect(attribute("legrad", system, [question], defaultMethodOptions)).rejects.toThrow(/residual network/);
  expect(methodsFor(system.config.encoder)).not.toContain("legrad");
});

describe("latent maps", () => {
  it("are laid out as squarely as their count allows", () => {
    expect(mostSquareGrid(40)).toEqual({ rows: 5, columns: 8 });
    expect(mostSquareGrid(8)).toEqual({ rows: 2, columns: 4 });
    expect(mostSquareGrid(49)).toEqual({ rows: 7, columns: 7 });
    expect(mostSquareGrid(13)).toEqual({ rows: 1, columns: 13 });
  });

  it("are scaled to 0..1 and, as in the public code, cut to 8 bits", () => {
    const unit = scaleToUnit([2, 4, 3]);
    expect(unit[0]).toBe(0);
    expect(unit[1]).toBeCloseTo(1, 7);
    expect([...truncateTo8Bit(Float64Array.of(0, 0.5, 0.9999, 1))].map((value) => Math.round(255 * value))).toEqual([
      0, 127, 254, 255,
    ]);
    expect([...scaleToUnit([5, 5])]).toEqual([0, 0]);
  });

  it("need a mapper that attends", async () => {
    const of = ofCase("explain-b");
    const mlp = { ...of, mapper: { ...of.mapper, kind: "mlp" as const } };
    await using system = openSystem(runtime, mlp);
    const [subject] = subjectsOf(of);
    await expect(latentMaps(system, [{ subject: subject!, target: "sentence" }], "clean")).rejects.toThrow(
      /the mlp mapper/,
    );
  });
});
