/** How scores are shown: a table for people, a document for programs. */
import type { Evaluation } from "./evaluate.ts";
import { scoresOf, valuesOf } from "./measurement.ts";
import { isMeasured } from "./metric.ts";
import { findProfile } from "./profiles.ts";
import { pythonRound } from "./python-round.ts";

/** A column with its value, rounded where the profile rounds; undefined where it was not computed. */
export interface CorpusValue {
  readonly column: string;
  readonly value: number | undefined;
}

/** Values of the whole corpus, in the table's order. */
export function corpusValues({ profile, outcomes }: Evaluation): CorpusValue[] {
  const { decimals } = findProfile(profile);
  const shown = (value: number) => (decimals === undefined ? value : pythonRound(value, decimals));
  return outcomes.flatMap(({ outcome }): CorpusValue[] => {
    if (!isMeasured(outcome)) return outcome.columns.map((column) => ({ column, value: undefined }));
    const values = valuesOf(outcome);
    return outcome.columns.map((column, k) => ({ column, value: shown(values[k]!) }));
  });
}

/** A line for each metric without a value: "BERTScore: not computed: …". */
export function reasonsNotComputed({ outcomes }: Evaluation): string[] {
  return outcomes.flatMap(({ metric, outcome }) =>
    isMeasured(outcome) ? [] : [`${metric}: not computed: ${outcome.reason}`],
  );
}

/** The table for people, in percent as the paper prints it (CIDEr: 100 × its 0..10). */
export function formatScores(evaluation: Evaluation): string {
  const columns = corpusValues(evaluation);
  const cells = columns.map(({ value }) => (value === undefined ? "–" : (100 * value).toFixed(2)));
  const widths = columns.map(({ column }, i) => Math.max(column.length, cells[i]!.length));
  const line = (texts: readonly string[]) => texts.map((text, i) => text.padStart(widths[i]!)).join("  ");
  return [
    `profile ${evaluation.profile}, ${evaluation.count} texts, percent`,
    line(columns.map(({ column }) => column)),
    line(cells),
    ...reasonsNotComputed(evaluation),
  ].join("\n");
}

/** The scores as one JSON document: raw values of the corpus; null and a reason where a metric was not computed. */
export function scoresDocument(evaluation: Evaluation) {
  const { profile, count, outcomes } = evaluation;
  const scores = Object.fromEntries(corpusValues(evaluation).map(({ column, value }) => [column, value ?? null]));
  const missing = outcomes.flatMap(({ metric, outcome }) =>
    isMeasured(outcome) ? [] : [[metric, outcome.reason] as const],
  );
  const details = outcomes.flatMap(({ metric, outcome }) =>
    isMeasured(outcome) && outcome.details !== undefined ? [[metric, outcome.details] as const] : [],
  );
  return {
    profile,
    items: count,
    scores,
    ...(missing.length > 0 ? { notComputed: Object.fromEntries(missing) } : {}),
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
