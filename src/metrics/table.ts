/** How scores are shown: a table for people, a document for programs. */
import type { Evaluation } from "./evaluate.ts";
import { type Grid, gridAsText } from "./grid.ts";
import { scoresOf, valuesOf } from "./measurement.ts";
import { isMeasured, type Measurement } from "./metric.ts";
import { findProfile } from "./profiles.ts";
import { pythonRound } from "./python-round.ts";
import { type BootstrapOptions, bootstrap } from "./statistics/bootstrap.ts";
import type { Stratum } from "./strata.ts";

/** A column with its value, rounded where the profile rounds; undefined where it was not computed or is not defined. */
export interface CorpusValue {
  readonly column: string;
  readonly value: number | undefined;
}

/** Values of the whole corpus, or of some of its rows, in the table's order. */
export function corpusValues({ profile, outcomes }: Evaluation, rows?: readonly number[]): CorpusValue[] {
  const { decimals } = findProfile(profile);
  const shown = (value: number) => (decimals === undefined ? value : pythonRound(value, decimals));
  return outcomes.flatMap(({ outcome }): CorpusValue[] => {
    if (!isMeasured(outcome)) return outcome.columns.map((column) => ({ column, value: undefined }));
    const values = valuesOf(outcome, rows);
    return outcome.columns.map((column, k) => ({
      column,
      value: Number.isNaN(values[k]) ? undefined : shown(values[k]!),
    }));
  });
}

/** A line for each metric without a value: "BERTScore: not computed: …". */
export function reasonsNotComputed({ outcomes }: Evaluation): string[] {
  return outcomes.flatMap(({ metric, outcome }) =>
    isMeasured(outcome) ? [] : [`${metric}: not computed: ${outcome.reason}`],
  );
}

/** Percent with two decimals, as the paper prints; a dash where there is no value. */
export function percent(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "–";
  // A zero of either side of zero is a zero.
  return (100 * value).toFixed(2).replace(/^-(?=0\.00$)/, "");
}

function captionOf({ profile, count }: Evaluation): string {
  return `profile ${profile}, ${count} texts, percent`;
}

/** One row of values, and one for each stratum. CIDEr is 100 × its 0..10. */
export function scoresGrid(evaluation: Evaluation, strata: readonly Stratum[] = []): Grid {
  const all = corpusValues(evaluation);
  const cells = (values: readonly CorpusValue[]) => values.map(({ value }) => percent(value));
  const caption = captionOf(evaluation);
  const notes = reasonsNotComputed(evaluation);
  const columns = all.map(({ column }) => column);
  if (strata.length === 0) return { caption, header: columns, rows: [cells(all)], notes };
  const rows = [
    ["all", `${evaluation.count}`, ...cells(all)],
    ...strata.map(({ name, rows: members }) => [
      name,
      `${members.length}`,
      ...cells(corpusValues(evaluation, members)),
    ]),
  ];
  return { caption, header: ["stratum", "texts", ...columns], rows, notes };
}

/** A row for each column of the metrics: value and interval. */
export function intervalsGrid(evaluation: Evaluation, options: BootstrapOptions): Grid {
  const { level = 0.95, resamples = 2000, interval = "percentile", clusters, seed = 0 } = options;
  const rows = measurements(evaluation).flatMap((outcome) =>
    [...bootstrap(outcome, options)].map(([column, { value, low, high }]) => [
      column,
      ...[value, low, high].map(percent),
    ]),
  );
  const drawn = clusters === undefined ? "texts" : "studies";
  return {
    caption: captionOf(evaluation),
    header: ["metric", "value", "low", "high"],
    rows,
    notes: [
      `${percent(level)}% intervals, ${interval}, ${resamples} resamples of ${drawn}, seed ${seed}`,
      ...reasonsNotComputed(evaluation),
    ],
  };
}

/** The measurements of an evaluation, without what was not computed. */
export function measurements({ outcomes }: Evaluation): Measurement[] {
  return outcomes.flatMap(({ outcome }) => (isMeasured(outcome) ? [outcome] : []));
}

/** The table for people. */
export function formatScores(evaluation: Evaluation, strata: readonly Stratum[] = []): string {
  return gridAsText(scoresGrid(evaluation, strata));
}

function asRecord(values: readonly CorpusValue[]) {
  return Object.fromEntries(values.map(({ column, value }) => [column, value ?? null]));
}

/** The scores as one JSON document: raw values of the corpus; null and a reason where a metric was not computed. */
export function scoresDocument(evaluation: Evaluation, strata: readonly Stratum[] = []) {
  const { profile, count, outcomes } = evaluation;
  const missing = outcomes.flatMap(({ metric, outcome }) =>
    isMeasured(outcome) ? [] : [[metric, outcome.reason] as const],
  );
  const details = outcomes.flatMap(({ metric, outcome }) =>
    isMeasured(outcome) && outcome.details !== undefined ? [[metric, outcome.details] as const] : [],
  );
  const parts = strata.map(({ name, rows }) => ({
    name,
    items: rows.length,
    scores: asRecord(corpusValues(evaluation, rows)),
  }));
  return {
    profile,
    items: count,
    scores: asRecord(corpusValues(evaluation)),
    ...(missing.length > 0 ? { notComputed: Object.fromEntries(missing) } : {}),
    ...(strata.length > 0 ? { strata: parts } : {}),
    ...(details.length > 0 ? { details: Object.fromEntries(details) } : {}),
  };
}

/** Unrounded values of each pair, column by column. */
export function itemScores({ outcomes }: Evaluation): ReadonlyMap<string, Float64Array> {
  return new Map(
    outcomes.flatMap(({ outcome }) =>
      isMeasured(outcome) ? [...scoresOf(outcome)].map(([column, { items }]) => [column, items] as const) : [],
    ),
  );
}
