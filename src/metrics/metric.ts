/**
 * The contract of every metric, counting or neural.
 *
 * A metric measures pairs and answers with **sufficient statistics**: a row of numbers for each pair, and a function that
 * turns the *sum* of any rows into the values of the metric's columns. BLEU's rows are counts of n-grams, F1CheXbert's are
 * true and false positives by label, those of a metric that averages its items are the items' values. So whatever draws
 * rows again, a bootstrap, a randomisation test, a stratum, adds up numbers and never scores a text twice, and its result
 * is exact: the same as scoring the drawn texts afresh. (CIDEr's weights come from the references of the whole set and
 * are kept.)
 *
 * How to write one:
 *
 * - Every column a mean of the items' values (ROUGE-L, BERTScore, F1RadGraph): `return meansOf({ BERTScore: f1s })`
 *   (`measurement.ts`).
 * - Counts by label (F1CheXbert, `label-F1`): `return labelMeasurement(...)` (`labels/multilabel.ts`), which has
 *   scikit-learn's averages.
 * - Anything else: give `statistics`, `width` and `valuesOf` yourself, as `bleu/bleu.ts` does.
 * - A metric with weights is made by a function that gets what it needs: `bertScore({ modelDir, runtime })` is a `Metric`.
 *   The command line makes those whose weights it finds and hands them to `evaluate` by family; a family of the profile
 *   that nobody hands in stands in the table as `not computed`, with the sentence of `families.ts`. A metric may also answer
 *   `notComputed(...)` itself. Nothing is left out in silence and nothing takes another's place.
 *
 * The same name in two profiles is two metrics; a table names its profile.
 */
import type { Reporter } from "../base/reporter.ts";

/** One generated text and what it should say, as the profile prepared them. */
export interface Pair {
  readonly hypothesis: string;
  /** At least one. */
  readonly references: readonly string[];
}

/** What a metric found out about N pairs. */
export interface Measurement {
  /** Names of the columns, in the table's order: "BLEU-1", "BLEU-2". */
  readonly columns: readonly string[];
  /** Numbers a pair. */
  readonly width: number;
  /** [N, width], row-major, a row for each pair in order. Sums of rows must mean what `valuesOf` reads. */
  readonly statistics: Float64Array;
  /**
   * The value of each column for a set of pairs.
   * @param sums [width] sum of the pairs' rows
   * @param count number of pairs, at least one
   * @returns one value a column, unrounded, fractions of 1 (tables print percent)
   */
  valuesOf(sums: Float64Array, count: number): readonly number[];
  /**
   * [N] values of single pairs for columns where they are not the value of the set of that pair alone
   * (RadEval's agreement of a text where the corpus has an F1).
   */
  readonly itemsOf?: ReadonlyMap<string, Float64Array>;
  /** More to tell than columns: a table by label, warnings. Plain JSON, printed into the document as it is. */
  readonly details?: object;
}

/** Why a metric has no value: a first-class result, shown wherever its value would be. */
export interface NotComputed {
  readonly columns: readonly string[];
  /** "not computed: weights of chexbert.pth missing, get them with `regionformer models pull …`" without "not computed: ". */
  readonly reason: string;
}

export type Outcome = Measurement | NotComputed;

export function isMeasured(outcome: Outcome): outcome is Measurement {
  return "statistics" in outcome;
}

export interface Metric {
  /** Name of the family: "BLEU". */
  readonly name: string;
  /** Names of its columns, in the table's order; what `measure` answers has the same. */
  readonly columns: readonly string[];
  /**
   * @param pairs at least one
   * @param reporter told about progress by metrics that take long
   * @throws DataError when the metric is not defined for these pairs, InterruptedError when the user asks to stop
   */
  measure(pairs: readonly Pair[], reporter: Reporter): Outcome | Promise<Outcome>;
}

/** A metric of words alone: it answers at once, always, and in a browser. */
export interface TextMetric extends Metric {
  measure(pairs: readonly Pair[]): Measurement;
}
