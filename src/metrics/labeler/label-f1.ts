/**
 * F1 of the 14 labels where a rule-based labeler reads hypothesis and reference: `label-F1 (rules)`.
 *
 * It is no F1CheXbert and never stands in its place: rules know the words they were given and nothing else. As there,
 * uncertain counts as positive, and denied is the same as not mentioned.
 */
import { labelMeasurement } from "../labels/multilabel.ts";
import type { TextMetric } from "../metric.ts";
import { labelText } from "./label-text.ts";
import { type LabelName, labelNames } from "./mentions.ts";

/** CheXbert's subset of five. */
const fiveNames: readonly LabelName[] = ["Cardiomegaly", "Edema", "Consolidation", "Atelectasis", "Pleural Effusion"];

const columns = [
  { name: "label-F1-5 (rules)", average: "micro", labels: fiveNames.map((name) => labelNames.indexOf(name)) },
  { name: "label-F1-14 (rules)", average: "micro" },
  { name: "label-F1-14 macro (rules)", average: "macro" },
] as const;

function indicators(text: string): number[] {
  const labels = labelText(text);
  return labelNames.map((name) => Number(labels.has(name) && labels.get(name) !== "negative"));
}

/** With several references a label counts as said when any of them says it. */
export const labelF1: TextMetric = {
  name: "label-F1 (rules)",
  columns: columns.map(({ name }) => name),
  measure(pairs) {
    const references = pairs.map((pair) => {
      const each = pair.references.map(indicators);
      return labelNames.map((_, k) => Math.max(...each.map((row) => row[k]!)));
    });
    return labelMeasurement(
      labelNames,
      references,
      pairs.map(({ hypothesis }) => indicators(hypothesis)),
      columns,
    );
  },
};
