/**
 * F1CheXbert (METRICS §8): F1 over the labels that CheXbert reads from hypothesis and reference. An uncertain finding is
 * a finding; one that is denied is none, like one that is not mentioned.
 */
import { labelMeasurement, labelReport } from "../labels/multilabel.ts";
import { notForSeveral } from "../measurement.ts";
import type { Measurement, Metric } from "../metric.ts";
import { type ChexbertOptions, classifyReports } from "./classify.ts";
import { chexbertLabels, fiveLabels, indicatorOf } from "./labels.ts";

/** A column: an average of F1 over 5 or 14 labels. */
interface Column {
  readonly name: string;
  readonly average: "micro" | "macro" | "weighted" | "samples" | "accuracy";
  readonly five: boolean;
}

/** What the paper's group reports. */
const authorsColumns: readonly Column[] = [{ name: "F1CheXbert", average: "micro", five: true }];

/** What RadEval reports. */
const radevalColumns: readonly Column[] = [true, false].flatMap((five) =>
  (["micro", "macro", "weighted"] as const).map((average) => {
    return { name: `F1CheXbert-${five ? 5 : 14} ${average}`, average, five };
  }),
);

/** The metric in the columns of a profile. */
export function f1Chexbert(profile: "authors" | "radeval", options: ChexbertOptions): Metric {
  const columns = profile === "authors" ? authorsColumns : radevalColumns;
  const names = columns.map(({ name }) => name);
  return {
    name: "F1CheXbert",
    columns: names,
    async measure(pairs, reporter) {
      const several = notForSeveral(names, pairs);
      if (several !== undefined) return several;
      const texts = pairs.flatMap(({ hypothesis, references }) => [hypothesis, references[0]!]);
      const classes = await classifyReports(texts, options, reporter);
      const indicators = (text: string) => Uint8Array.from(classes.get(text)!, indicatorOf);
      const said = pairs.map(({ hypothesis }) => indicators(hypothesis));
      const meant = pairs.map(({ references }) => indicators(references[0]!));
      return chexbertMeasurement(meant, said, columns, profile === "radeval");
    },
  };
}

/**
 * The scores of label sets, with scikit-learn's reports on 5 and on 14 labels as details.
 * @param references,predictions [N][14] 0 or 1
 * @param itemsAgree RadEval gives a pair's share of labels that agree where the corpus has an F1
 */
export function chexbertMeasurement(
  references: readonly Uint8Array[],
  predictions: readonly Uint8Array[],
  columns: readonly Column[] = radevalColumns,
  itemsAgree = false,
): Measurement {
  const labelColumns = columns.map(({ name, average, five }) => ({
    name,
    average,
    ...(five ? { labels: fiveLabels } : {}),
  }));
  const details = {
    fourteen: labelReport(chexbertLabels, references, predictions),
    five: labelReport(chexbertLabels, references, predictions, fiveLabels),
  };
  const agreements = (five: boolean) => {
    const labels = five ? fiveLabels : chexbertLabels.map((_, i) => i);
    return Float64Array.from(references, (reference, i) => {
      return labels.filter((label) => reference[label] === predictions[i]![label]).length / labels.length;
    });
  };
  const itemsOf = new Map(itemsAgree ? columns.map(({ name, five }) => [name, agreements(five)]) : []);
  return { ...labelMeasurement(chexbertLabels, references, predictions, labelColumns), itemsOf, details };
}
