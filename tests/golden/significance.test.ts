/** Randomisation tests, intervals and random numbers against the original packages. */
import { describe, expect, it } from "vitest";
import { bleu } from "../../src/metrics/bleu/bleu.ts";
import { evaluate, type Measurement, type ProfileName } from "../../src/metrics/index.ts";
import { rouge1, rougeL } from "../../src/metrics/rouge/rouge.ts";
import { bootstrap } from "../../src/metrics/statistics/bootstrap.ts";
import { normalQuantile, normalShareBelow } from "../../src/metrics/statistics/normal-distribution.ts";
import { pythonRandom } from "../../src/metrics/statistics/python-random.ts";
import { approximateRandomisation } from "../../src/metrics/statistics/randomisation.ts";
import { joined } from "../../src/metrics/statistics/units.ts";
import { expectClose } from "../support/expect-close.ts";
import { readGolden } from "../support/golden.ts";

interface Manifest {
  readonly draws: Readonly<Record<string, readonly number[]>>;
  readonly normal: Readonly<Record<"shares" | "quantiles" | "points" | "below", readonly number[]>>;
  readonly randomisation: readonly {
    readonly decimals: number;
    readonly trials: number;
    readonly seed: number;
    readonly references: readonly string[];
    readonly systems: Readonly<Record<string, readonly string[]>>;
    readonly scores: Readonly<Record<string, Readonly<Record<string, number>>>>;
  }[];
  readonly intervals: readonly {
    readonly name: string;
    readonly rows: readonly (readonly number[])[];
    readonly level: number;
    readonly percentile: readonly [number, number];
    readonly bca: readonly [number, number];
  }[];
}
const { manifest } = readGolden<Manifest>("significance");

describe("Python's random numbers", () => {
  it.each(Object.entries(manifest.draws))("of seed %s", (seed, expected) => {
    const random = pythonRandom(Number(seed));
    const draws = Array.from({ length: 700 }, random);
    expect([...draws.slice(0, 4), ...draws.slice(-2)]).toEqual(expected);
  });
});

describe("the normal distribution", () => {
  const { shares, quantiles, points, below } = manifest.normal;

  it("has scipy's quantiles", () => {
    for (const [i, share] of shares!.entries()) {
      expectClose([normalQuantile(share)], [quantiles![i]!], "float64Function", `quantile of ${share}`);
    }
  });

  it("has scipy's shares", () => {
    for (const [i, x] of points!.entries()) {
      expectClose([normalShareBelow(x)], [below![i]!], "float64Function", `share below ${x}`);
    }
  });
});

describe("paired approximate randomisation", () => {
  it.each(manifest.randomisation)("gives RadEval's p-values, $trials trials of seed $seed", (golden) => {
    const { systems, references, scores, decimals, trials, seed } = golden;
    const chosen = ["BLEU-1", "BLEU-4", "ROUGE-1", "ROUGE-L"];
    const measured = (hypotheses: readonly string[]): Measurement => {
      const pairs = hypotheses.map((hypothesis, i) => ({ hypothesis, references: [references[i]!] }));
      const all = joined([bleu, rouge1, rougeL].map((metric) => metric.measure(pairs)));
      const at = chosen.map((column) => all.columns.indexOf(column));
      const valuesOf = (sums: Float64Array, count: number) => {
        const values = all.valuesOf(sums, count);
        return at.map((k) => values[k]!);
      };
      return { ...all, columns: chosen, valuesOf };
    };
    const [baseline, ...others] = Object.entries(systems).map(([name, texts]) => [name, measured(texts)] as const);
    const table = approximateRandomisation(baseline![1], new Map(others), { decimals, trials, seed });
    expect(table.size).toBe(3);
    for (const [name, results] of table) {
      for (const [column, { baseline: first, system, p }] of results) {
        expect([column, first]).toEqual([column, scores.baseline![column]]);
        expect([name, column, system]).toEqual([name, column, scores[name]![column]]);
        expect([name, column, p]).toEqual([name, column, scores[name]![`${column}_pvalue`]]);
      }
    }
    expect([...table.get("same")!.values()].map(({ p }) => p)).toEqual([1, 1, 1, 1]);
  });

  it("gives the p-values of RadEval's example, rounded scores and all", async () => {
    const { hyps, refs, expected } = (await import("./metrics/cases.json", { with: { type: "json" } })).default.find(
      ({ case: name }) => name === "doc_example_1000",
    ) as unknown as {
      readonly hyps: readonly [readonly string[], readonly string[]];
      readonly refs: readonly string[];
      readonly expected: { readonly scores: { readonly improved: Readonly<Record<string, number>> } };
    };
    const measured = async (hypotheses: readonly string[], profile: ProfileName) => {
      const pairs = hypotheses.map((hypothesis, i) => ({ hypothesis, references: [refs[i]!] }));
      const { outcomes } = await evaluate(pairs, { profile });
      const { statistics, width, valuesOf } = joined(
        outcomes.flatMap(({ outcome, metric }) =>
          "statistics" in outcome && (metric === "ROUGE-1" || metric === "BLEU") ? [outcome] : [],
        ),
      );
      const words = hypotheses.map((text) => text.split(" ").length);
      const wide = new Float64Array(words.length * (width + 1));
      for (const [i, count] of words.entries()) {
        wide.set(statistics.subarray(i * width, (i + 1) * width), i * (width + 1));
        wide[i * (width + 1) + width] = count;
      }
      return {
        columns: ["rouge1", "bleu", "word_count"],
        width: width + 1,
        statistics: wide,
        valuesOf: (sums: Float64Array, count: number) => {
          const values = valuesOf(sums.subarray(0, width), count);
          return [values[4]!, values[3]!, sums[width]! / count];
        },
      } satisfies Measurement;
    };
    const [baseline, improved] = [await measured(hyps[0], "radeval"), await measured(hyps[1], "radeval")];
    const options = { trials: 1000, seed: 12345, decimals: 4 };
    const results = approximateRandomisation(baseline, new Map([["improved", improved]]), options).get("improved")!;
    for (const [column, { system, p }] of results) {
      expect([column, system, p]).toEqual([
        column,
        expected.scores.improved[column],
        expected.scores.improved[`${column}_pvalue`],
      ]);
    }
  });
});

describe("bootstrap intervals over all resamples", () => {
  it.each(manifest.intervals)("are scipy's: $name", ({ rows, level, percentile, bca }) => {
    const width = rows[0]!.length;
    const measurement: Measurement = {
      columns: ["value"],
      width,
      statistics: Float64Array.from(rows.flat()),
      valuesOf: (sums, count) => [width === 1 ? sums[0]! / count : sums[0]! / sums[1]!],
    };
    for (const [interval, ends] of [
      ["percentile", percentile],
      ["bca", bca],
    ] as const) {
      const estimate = bootstrap(measurement, { resamples: "all", level, interval }).get("value")!;
      expectClose([estimate.low, estimate.high], ends, "float64Function", interval);
    }
  });
});
