/** Scores of label sets as scikit-learn's `classification_report` on indicator matrices has them (METRICS §8.6). */
import { DataError } from "../../base/errors.ts";
import type { Measurement } from "../metric.ts";

/** Precision, recall and F1, each 0 where it is 0 divided by 0, and the number of positive references. */
export interface LabelScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly support: number;
}

const averages = ["micro", "macro", "weighted", "samples", "accuracy"] as const;

/** How many labels become one number; `accuracy` is the share of items whose labels all agree. */
export type Average = (typeof averages)[number];

/** A column over some of the labels. */
export interface LabelColumn {
  readonly name: string;
  readonly average: Average;
  /** Indices of the labels it covers; all when absent. */
  readonly labels?: readonly number[];
}

/** True and false positives and false negatives. */
interface Counts {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
}

/** One item's labels: 1 or 0 by label index. */
export type Indicators = ArrayLike<number>;

const countsALabel = 3;

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function scoreOf({ tp, fp, fn }: Counts): LabelScore {
  const precision = ratio(tp, tp + fp);
  const recall = ratio(tp, tp + fn);
  return { precision, recall, f1: ratio(2 * precision * recall, precision + recall), support: tp + fn };
}

function countsAt(sums: ArrayLike<number>, label: number): Counts {
  const at = label * countsALabel;
  return { tp: sums[at]!, fp: sums[at + 1]!, fn: sums[at + 2]! };
}

function pooled(sums: ArrayLike<number>, labels: readonly number[]): Counts {
  let [tp, fp, fn] = [0, 0, 0];
  for (const label of labels) {
    const counts = countsAt(sums, label);
    tp += counts.tp;
    fp += counts.fp;
    fn += counts.fn;
  }
  return { tp, fp, fn };
}

function averaged(sums: ArrayLike<number>, labels: readonly number[], weigh: (support: number) => number): LabelScore {
  let [precision, recall, f1, support, weights] = [0, 0, 0, 0, 0];
  for (const label of labels) {
    const score = scoreOf(countsAt(sums, label));
    const weight = weigh(score.support);
    precision += weight * score.precision;
    recall += weight * score.recall;
    f1 += weight * score.f1;
    support += score.support;
    weights += weight;
  }
  return { precision: ratio(precision, weights), recall: ratio(recall, weights), f1: ratio(f1, weights), support };
}

/** An average over labels that the sums of counts determine: any but `samples` and `accuracy`. */
function averageOf(sums: ArrayLike<number>, labels: readonly number[], average: "micro" | "macro" | "weighted") {
  if (average === "micro") return scoreOf(pooled(sums, labels));
  return averaged(sums, labels, average === "macro" ? () => 1 : (support) => support);
}

/** Writes tp, fp and fn of one item, a triple for each label. */
function countItem(reference: Indicators, prediction: Indicators, into: Float64Array): void {
  for (let label = 0; label < reference.length; label++) {
    const [isTrue, isSaid] = [reference[label] === 1, prediction[label] === 1];
    into[label * countsALabel] = Number(isTrue && isSaid);
    into[label * countsALabel + 1] = Number(!isTrue && isSaid);
    into[label * countsALabel + 2] = Number(isTrue && !isSaid);
  }
}

/** What one item adds to a column that needs the items themselves. */
function itemValue(counts: ArrayLike<number>, labels: readonly number[], average: "samples" | "accuracy"): number {
  const all = pooled(counts, labels);
  return average === "samples" ? scoreOf(all).f1 : Number(all.fp + all.fn === 0);
}

/** F1 by label and the averages, as the report prints them; `samples` has precision and recall of each item too. */
export interface LabelReport {
  readonly labels: Readonly<Record<string, LabelScore>>;
  readonly micro: LabelScore;
  readonly macro: LabelScore;
  readonly weighted: LabelScore;
  readonly samples: LabelScore;
  readonly accuracy: number;
}

/**
 * scikit-learn's report on some of the labels.
 * @param references [N][L] 0 or 1 · @param predictions the same shape
 * @param chosen indices of the report's labels; all when absent
 */
export function labelReport(
  names: readonly string[],
  references: readonly Indicators[],
  predictions: readonly Indicators[],
  chosen: readonly number[] = names.map((_, i) => i),
): LabelReport {
  checkShapes(names, references, predictions);
  const sums = new Float64Array(names.length * countsALabel);
  const item = new Float64Array(sums.length);
  let [precision, recall, f1, exact] = [0, 0, 0, 0];
  for (const [i, reference] of references.entries()) {
    countItem(reference, predictions[i]!, item);
    for (let k = 0; k < sums.length; k++) sums[k]! += item[k]!;
    const score = scoreOf(pooled(item, chosen));
    precision += score.precision;
    recall += score.recall;
    f1 += score.f1;
    exact += itemValue(item, chosen, "accuracy");
  }
  const n = references.length;
  const { support } = scoreOf(pooled(sums, chosen));
  return {
    labels: Object.fromEntries(chosen.map((label) => [names[label]!, scoreOf(countsAt(sums, label))])),
    micro: averageOf(sums, chosen, "micro"),
    macro: averageOf(sums, chosen, "macro"),
    weighted: averageOf(sums, chosen, "weighted"),
    samples: { precision: ratio(precision, n), recall: ratio(recall, n), f1: ratio(f1, n), support },
    accuracy: ratio(exact, n),
  };
}

/**
 * A measurement whose columns are averages of F1 over labels.
 * @param names [L] of the labels
 * @param references [N][L] 0 or 1 · @param predictions the same shape
 * @throws DataError when the shapes differ
 */
export function labelMeasurement(
  names: readonly string[],
  references: readonly Indicators[],
  predictions: readonly Indicators[],
  columns: readonly LabelColumn[],
): Measurement {
  checkShapes(names, references, predictions);
  const all = names.map((_, i) => i);
  const counts = names.length * countsALabel;
  const width = counts + columns.length; // a column's last number is used by `samples` and `accuracy` only
  const statistics = new Float64Array(references.length * width);
  for (const [i, reference] of references.entries()) {
    const row = statistics.subarray(i * width, (i + 1) * width);
    countItem(reference, predictions[i]!, row);
    for (const [k, { average, labels = all }] of columns.entries()) {
      if (average === "samples" || average === "accuracy") row[counts + k] = itemValue(row, labels, average);
    }
  }
  const valuesOf = (sums: Float64Array, count: number) =>
    columns.map(({ average, labels = all }, k) => {
      if (average === "samples" || average === "accuracy") return sums[counts + k]! / count;
      return averageOf(sums, labels, average).f1;
    });
  const details = { labels: labelReport(names, references, predictions).labels };
  return { columns: columns.map(({ name }) => name), width, statistics, valuesOf, details };
}

function checkShapes(
  names: readonly string[],
  references: readonly Indicators[],
  predictions: readonly Indicators[],
): void {
  if (references.length !== predictions.length) {
    throw new DataError("References and predictions differ in number.", {
      where: "label sets",
      expected: `${references.length}, one for each reference`,
      found: `${predictions.length}`,
    });
  }
  for (const [side, rows] of [
    ["reference", references],
    ["prediction", predictions],
  ] as const) {
    const odd = rows.findIndex(({ length }) => length !== names.length);
    if (odd >= 0) {
      throw new DataError(`The labels of a ${side} are not as many as the labels' names.`, {
        where: `${side} ${odd + 1}`,
        expected: `${names.length} numbers, 0 or 1`,
        found: `${rows[odd]!.length}`,
      });
    }
  }
}
