import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bleu } from "../bleu/bleu.ts";
import { meansOf, valuesOf } from "../measurement.ts";
import { bootstrap, pairedBootstrap } from "./bootstrap.ts";
import { draws } from "./draws.ts";
import { effectSize } from "./effect-size.ts";
import { holm } from "./holm.ts";
import { approximateRandomisation } from "./randomisation.ts";
import { joined, unitsOf } from "./units.ts";

const score = (values: readonly number[]) => meansOf({ score: values });

describe("draws", () => {
  it("of all kinds come once each, as often as they are likely", () => {
    const all = [...draws(3, "all", 0)].map((times) => [...times].join(""));
    // The generator reuses its array, so the copies have to be taken while it runs.
    const seen = new Map<string, number>();
    for (const times of draws(3, "all", 0)) seen.set(times.join(""), (seen.get(times.join("")) ?? 0) + 1);
    expect(all).toHaveLength(27);
    expect(Object.fromEntries(seen)).toMatchObject({ "300": 1, "030": 1, "003": 1, "210": 3, "111": 6 });
  });

  it("depend on the seed only", () => {
    const of = (seed: number) => Array.from(draws(9, 3, seed), (times) => times.join(""));
    expect(of(4)).toEqual(of(4));
    expect(of(4)).not.toEqual(of(5));
    for (const times of draws(9, 3, 1)) expect(times.reduce((sum, n) => sum + n, 0)).toBe(9);
  });

  it("of all kinds are refused for many units", () => {
    expect(() => [...draws(8, "all", 0)]).toThrow(/too many units/);
  });
});

describe("the bootstrap", () => {
  it("of a corpus score equals scoring the drawn texts again", () => {
    const texts = ["a b c d e", "no effusion", "small left effusion today", "a b x d e f"];
    const pairs = texts.map((hypothesis, i) => ({ hypothesis, references: [texts[(i * 3) % 4]!.replace("no", "a")] }));
    const measurement = bleu.measure(pairs);
    const drawn = [0, 2, 2, 3];
    const again = bleu.measure(drawn.map((i) => pairs[i]!));
    expect(valuesOf(measurement, drawn)).toEqual(valuesOf(again));
  });

  it("of a mean has the exact distribution", () => {
    // Of the four draws of {0, 1} the mean is 0 once, 0.5 twice, 1 once.
    const { low, high, value } = bootstrap(score([0, 1]), { resamples: "all", level: 0.5 }).get("score")!;
    expect([low, value, high]).toEqual([0.375, 0.5, 0.625]);
  });

  it("draws the texts of a study together", () => {
    const measurement = score([1, 1, 1, 0]);
    const clusters = ["s1", "s1", "s1", "s2"];
    const { low, high, value } = bootstrap(measurement, { resamples: "all", level: 1, clusters }).get("score")!;
    expect([low, value, high]).toEqual([0, 0.75, 1]);
    expect(unitsOf(measurement, clusters)).toMatchObject({ count: 2, sizes: Float64Array.of(3, 1) });
    expect(() => bootstrap(measurement, { clusters: ["a"] })).toThrow(/a cluster for each pair[\s\S]*4[\s\S]*1/);
  });

  it("of one text has no width, by either interval", () => {
    for (const interval of ["percentile", "bca"] as const) {
      expect(bootstrap(score([0.3]), { interval, resamples: 10 }).get("score")).toEqual({
        value: 0.3,
        low: 0.3,
        high: 0.3,
      });
    }
  });
});

describe("the paired bootstrap", () => {
  it("has the exact two-sided p", () => {
    // Differences 1, 1, -1: a draw of three has a sum not above zero with probability (1 + 6) / 27.
    const results = pairedBootstrap(score([0, 0, 1]), score([1, 1, 0]), { resamples: "all" });
    const { first, second, difference, p } = results.get("score")!;
    expect([first.value, second.value]).toEqual([1 / 3, 2 / 3]);
    expect(difference.value).toBeCloseTo(1 / 3, 12);
    expect(p).toBeCloseTo((2 * 7) / 27, 12);
  });

  it("finds nothing between a system and itself, and never claims p = 0 from samples", () => {
    const system = score([0.2, 0.7, 0.4, 0.9]);
    expect(pairedBootstrap(system, system, { resamples: 50 }).get("score")!.p).toBe(1);
    const better = score([0.3, 0.8, 0.5, 1]);
    expect(pairedBootstrap(system, better, { resamples: 199 }).get("score")!.p).toBe(2 / 200);
  });

  it("takes the same texts for both systems", () => {
    const values = [0.1, 0.9, 0.3, 0.6, 0.2, 0.8];
    const shifted = score(values.map((value) => value + 0.25));
    const { difference } = pairedBootstrap(score(values), shifted, { resamples: 100 }).get("score")!;
    expect(difference.low).toBeCloseTo(0.25, 12);
    expect(difference.high).toBeCloseTo(0.25, 12);
  });

  it("refuses measurements that do not belong together", () => {
    expect(() => pairedBootstrap(score([1]), score([1, 2]))).toThrow(/different numbers of texts/);
    expect(() => pairedBootstrap(score([1]), meansOf({ other: [1] }))).toThrow(/same columns/);
    expect(() => joined([score([1]), score([1, 2])])).toThrow(/different numbers of pairs/);
  });
});

describe("the randomisation test", () => {
  const p = (a: readonly number[], b: readonly number[], trials: number | "all", clusters?: readonly string[]) =>
    approximateRandomisation(score(a), new Map([["b", score(b)]]), { trials, ...(clusters && { clusters }) })
      .get("b")!
      .get("score")!.p;

  it("over all exchanges is exact", () => {
    // Five equal differences: only no exchange and the complete one reach the real difference.
    expect(p([0, 0, 0, 0, 0], [1, 1, 1, 1, 1], "all")).toBe(2 / 32);
    expect(p([0, 0, 0], [1, 1, 0], "all")).toBe(0.5);
  });

  it("by samples comes near the exact value", () => {
    const [a, b] = [
      [1, 5, 2, 8, 3, 4, 4, 1],
      [2, 7, 1, 9, 6, 4, 5, 3],
    ];
    expect(Math.abs(p(a!, b!, 20_000) - p(a!, b!, "all"))).toBeLessThan(0.01);
  });

  it("exchanges the texts of a study together", () => {
    expect(p([0, 0, 0, 0], [1, 1, 1, 1], "all", ["s", "s", "t", "t"])).toBe(0.5);
  });

  it("refuses a column that one of the systems has no value for", () => {
    expect(() => p([1, 2], [1, Number.NaN], "all")).toThrow(/without a value[\s\S]*column "score"[\s\S]*none for b/);
    expect(() => p([Number.NaN, 2], [1, 2], 10)).toThrow(/none for the baseline/);
  });

  it("counts an exchange that leaves no value as one that reaches the difference", () => {
    // A share: hits of tries. Of the four exchanges the two of one pair leave a system without tries.
    const share = (rows: readonly number[]) => ({
      columns: ["share"],
      width: 2,
      statistics: Float64Array.from(rows),
      valuesOf: ([hits = 0, tries = 0]: Float64Array) => [hits / tries],
    });
    const systems = new Map([["b", share([1, 1, 0, 0])]]);
    expect(
      approximateRandomisation(share([0, 0, 0, 1]), systems, { trials: "all" })
        .get("b")!
        .get("share")!.p,
    ).toBe(1);
  });

  it("over all exchanges is refused for many texts", () => {
    const many = new Array<number>(21).fill(0);
    expect(() => p(many, many, "all")).toThrow(/too many units/);
  });
});

describe("Holm's correction", () => {
  it("multiplies by the number of hypotheses that are left, and stays in order", () => {
    const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
    const expected = [0.03, 0.06, 0.06, 0.02];
    for (const [i, value] of expected.entries()) expect(adjusted[i]).toBeCloseTo(value, 12);
    expect(holm([0.6, 0.7])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});

describe("the effect size", () => {
  it("is the paired difference in standard deviations, and how often one is better", () => {
    // Differences 1, 2, 3: mean 2, deviation 1.
    expect(effectSize([0, 0, 0], [1, 2, 3])).toEqual({ d: 2, superiority: 1 });
    expect(effectSize([1, 2], [1, 2])).toEqual({ d: 0, superiority: 0.5 });
    expect(effectSize([1, 0, 0, 0], [0, 1, 0, 0]).superiority).toBe(0.5);
  });
});

describe("for any scores", () => {
  const scores = (size: fc.SizeForArbitrary = "small") =>
    fc.array(fc.tuple(fc.integer({ min: 0, max: 64 }), fc.integer({ min: 0, max: 64 })), {
      minLength: 1,
      maxLength: 8,
      size,
    });
  const split = (pairs: readonly (readonly [number, number])[]) => [pairs.map(([a]) => a), pairs.map(([, b]) => b)];

  it("the randomisation test does not care which system comes first, nor about a constant added to both", () => {
    const exact = (a: readonly number[], b: readonly number[]) =>
      approximateRandomisation(score(a), new Map([["b", score(b)]]), { trials: "all" })
        .get("b")!
        .get("score")!.p;
    fc.assert(
      fc.property(scores(), (pairs) => {
        const [a, b] = split(pairs) as [number[], number[]];
        const p = exact(a, b);
        expect(exact(b, a)).toBe(p);
        expect(
          exact(
            a.map((x) => x + 64),
            b.map((x) => x + 64),
          ),
        ).toBe(p);
        expect(p).toBeGreaterThanOrEqual(2 / 2 ** a.length);
        expect(p).toBeLessThanOrEqual(1);
      }),
      { numRuns: 40 },
    );
  });

  it("the bootstrap's intervals lie within the values, around nothing else, and mirror when systems change places", () => {
    fc.assert(
      fc.property(scores(), fc.constantFrom("percentile" as const, "bca" as const), (pairs, interval) => {
        const [a, b] = split(pairs) as [number[], number[]];
        const options = { resamples: 60, interval };
        const { low, high } = bootstrap(score(a), options).get("score")!;
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(Math.min(...a) - 1e-9);
        expect(high).toBeLessThanOrEqual(Math.max(...a) + 1e-9);
        const [there, back] = [
          pairedBootstrap(score(a), score(b), options),
          pairedBootstrap(score(b), score(a), options),
        ];
        expect(back.get("score")!.p).toBe(there.get("score")!.p);
        expect(back.get("score")!.difference.value).toBeCloseTo(-there.get("score")!.difference.value, 9);
        if (interval === "percentile") {
          expect(back.get("score")!.difference.low).toBeCloseTo(-there.get("score")!.difference.high, 9);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("Holm's p-values are no smaller than the raw ones, no larger than Bonferroni's, and in their order", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (ps) => {
        const adjusted = holm(ps);
        for (const [i, p] of ps.entries()) {
          expect(adjusted[i]).toBeGreaterThanOrEqual(p);
          expect(adjusted[i]).toBeLessThanOrEqual(Math.min(1, ps.length * p));
          for (const [j, other] of ps.entries()) if (p < other) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j]!);
        }
        expect(holm(ps.toReversed())).toEqual(adjusted.toReversed());
      }),
    );
  });

  it("the effect size changes its sign with the systems' places", () => {
    fc.assert(
      fc.property(scores(), (pairs) => {
        const [a, b] = split(pairs) as [number[], number[]];
        const [there, back] = [effectSize(a, b), effectSize(b, a)];
        expect(there.superiority + back.superiority).toBeCloseTo(1, 12);
        if (Number.isFinite(there.d)) expect(back.d + there.d).toBeCloseTo(0, 9);
      }),
    );
  });
});
