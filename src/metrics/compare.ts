/** Two or more systems on the same texts: differences, intervals, p-values and effect sizes. */
import type { Evaluation } from "./evaluate.ts";
import type { Grid } from "./grid.ts";
import { scoresOf, valuesOf } from "./measurement.ts";
import type { Measurement } from "./metric.ts";
import { findProfile } from "./profiles.ts";
import { type BootstrapOptions, type PairedEstimate, pairedBootstrap } from "./statistics/bootstrap.ts";
import { type EffectSize, effectSize } from "./statistics/effect-size.ts";
import { holm } from "./statistics/holm.ts";
import { approximateRandomisation, type RandomisationOptions } from "./statistics/randomisation.ts";
import { joined, withColumns } from "./statistics/units.ts";
import { measurements, percent, reasonsNotComputed } from "./table.ts";

export interface CompareOptions {
  readonly bootstrap?: BootstrapOptions;
  readonly randomisation?: RandomisationOptions;
}

/** One column of one system against the first. */
export interface ComparedColumn extends PairedEstimate {
  readonly system: string;
  readonly column: string;
  /** The paired bootstrap's p after Holm's correction over all columns and systems. */
  readonly pHolm: number;
  /** p of the randomisation test, and after Holm's correction. */
  readonly randomisation: { readonly p: number; readonly pHolm: number };
  readonly effect: EffectSize;
}

export interface Comparison {
  readonly profile: string;
  readonly count: number;
  readonly baseline: string;
  readonly rows: readonly ComparedColumn[];
  /** Lines about what was not computed. */
  readonly notes: readonly string[];
}

/** Columns that every system has: what was computed for all. */
function commonMeasurement(evaluation: Evaluation, all: readonly Evaluation[]): Measurement {
  const everywhere = measurements(evaluation).filter(({ columns }) =>
    all.every((other) => measurements(other).some((measured) => measured.columns.join("\n") === columns.join("\n"))),
  );
  return joined(everywhere);
}

/** Without the columns that have no value for one of the systems (no box predicted, no side named), and a line for each. */
function definedForAll(measured: ReadonlyMap<string, Measurement>) {
  const values = [...measured].map(([name, measurement]) => [name, valuesOf(measurement)] as const);
  const { columns } = [...measured.values()][0]!;
  const lacking = columns.map((_, k) => values.find(([, own]) => Number.isNaN(own[k]))?.[0]);
  const keep = columns.flatMap((_, k) => (lacking[k] === undefined ? [k] : []));
  const undefinedColumns = columns.flatMap((column, k) =>
    lacking[k] === undefined ? [] : [`${column}: not compared: it has no value for ${lacking[k]}`],
  );
  const defined = [...measured].map(([name, measurement]) => [name, withColumns(measurement, keep)] as const);
  return { defined, undefinedColumns };
}

/**
 * The first system is the baseline; each other one is compared with it.
 * @param evaluations name of the system → its scores, of the same pairs in the same order under one profile
 * @throws DataError when the evaluations do not fit together
 */
export function compare(evaluations: ReadonlyMap<string, Evaluation>, options: CompareOptions = {}): Comparison {
  const all = [...evaluations.values()];
  const measured = new Map([...evaluations].map(([name, each]) => [name, commonMeasurement(each, all)] as const));
  const { defined, undefinedColumns } = definedForAll(measured);
  const [[baseline, first], ...others] = defined as [[string, Measurement], ...[string, Measurement][]];
  const { profile, count } = all[0]!;
  const { decimals } = findProfile(profile);
  const rounding = decimals === undefined ? {} : { decimals };
  const table = approximateRandomisation(first, new Map(others), { ...rounding, ...options.randomisation });
  const firstItems = itemsOf(first);
  const rows = others.flatMap(([system, second]) => {
    const items = itemsOf(second);
    return [...pairedBootstrap(first, second, options.bootstrap)].map(([column, estimate]) => ({
      ...estimate,
      system,
      column,
      randomisation: { p: table.get(system)!.get(column)!.p },
      effect: effectSize(firstItems.get(column)!, items.get(column)!),
    }));
  });
  const bootstrapHolm = holm(rows.map(({ p }) => p));
  const randomisationHolm = holm(rows.map(({ randomisation }) => randomisation.p));
  return {
    profile,
    count,
    baseline,
    rows: rows.map((row, i) => ({
      ...row,
      pHolm: bootstrapHolm[i]!,
      randomisation: { p: row.randomisation.p, pHolm: randomisationHolm[i]! },
    })),
    notes: [...new Set(all.flatMap(reasonsNotComputed)), ...undefinedColumns],
  };
}

function itemsOf(measurement: Measurement): ReadonlyMap<string, Float64Array> {
  return new Map([...scoresOf(measurement)].map(([column, { items }]) => [column, items]));
}

/** p with three decimals, and never a bare zero. */
function pText(p: number): string {
  return p < 0.001 ? "<0.001" : p.toFixed(3);
}

/** A row for each column and system, in percent. */
export function comparisonGrid(comparison: Comparison, { bootstrap = {}, randomisation = {} }: CompareOptions): Grid {
  const { level = 0.95, resamples = 2000, interval = "percentile", seed = 0, clusters } = bootstrap;
  const several = new Set(comparison.rows.map(({ system }) => system)).size > 1;
  const range = (low: number, high: number) => `${percent(low)} to ${percent(high)}`;
  const rows = comparison.rows.map((row) => [
    several ? `${row.column} (${row.system})` : row.column,
    percent(row.first.value),
    range(row.first.low, row.first.high),
    percent(row.second.value),
    range(row.second.low, row.second.high),
    percent(row.difference.value),
    range(row.difference.low, row.difference.high),
    pText(row.p),
    pText(row.pHolm),
    pText(row.randomisation.p),
    pText(row.randomisation.pHolm),
    row.effect.d.toFixed(2),
    row.effect.superiority.toFixed(2),
  ]);
  const systems = [...new Set(comparison.rows.map(({ system }) => system))];
  return {
    caption: `profile ${comparison.profile}, ${comparison.count} texts, percent; A: ${comparison.baseline}, B: ${systems.join(", ")}`,
    header: [
      ...["metric", "A", "interval", "B", "interval", "B - A", "interval"],
      ...["p boot", "Holm", "p rand", "Holm", "d", "P(B>A)"],
    ],
    rows,
    notes: [
      `${percent(level)}% intervals, ${interval}; paired bootstrap, ${resamples} resamples of ${clusters === undefined ? "texts" : "studies"}, seed ${seed}`,
      `paired approximate randomisation, ${randomisation.trials ?? 10_000} trials, seed ${randomisation.seed ?? 12345}; Holm over all rows`,
      "d: mean difference of the texts over its standard deviation; P(B>A): share of texts better in B, ties half",
      ...comparison.notes,
    ],
  };
}
