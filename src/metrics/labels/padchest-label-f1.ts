/**
 * F1 of PadChest labels for rows that carry the radiologists' labels: those against the labels whose words stand,
 * undenied, in the hypothesis. `PadChest-label F1 (rules)`: the hypothesis's side is found by words alone.
 */
import { DataError } from "../../base/errors.ts";
import { assertionOf, markCues } from "../labeler/assertion.ts";
import { notComputed } from "../measurement.ts";
import type { Metric } from "../metric.ts";
import { labelMeasurement } from "./multilabel.ts";
import { padchestWords } from "./padchest-words.ts";

const columns = ["PadChest-label F1 (rules)", "PadChest-label F1 macro (rules)"] as const;

function folded(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase();
}

function patternOf(label: string): RegExp {
  const own = label.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const words = [...(padchestWords[label] ?? []), own].sort((a, b) => b.length - a.length);
  return new RegExp(`\\b(?:${words.join("|")})\\b`, "g");
}

/** Labels whose words the text asserts. A label inside a longer one ("atelectasis" in "laminar atelectasis") does not count. */
function labelsIn(text: string, patterns: ReadonlyMap<string, RegExp>): Set<string> {
  const found = new Set<string>();
  for (const sentence of folded(text).split(/[.;\n](?=\s|$)/)) {
    const marked = markCues(sentence);
    const matches = [...patterns].flatMap(([label, pattern]) =>
      [...sentence.matchAll(pattern)].map((match) => ({
        label,
        start: match.index,
        end: match.index + match[0].length,
      })),
    );
    for (const match of matches) {
      const isPart = matches.some(
        (other) =>
          other.start <= match.start && other.end >= match.end && other.end - other.start > match.end - match.start,
      );
      if (!isPart && assertionOf(marked, match, "finding", []) !== "negative") found.add(match.label);
    }
  }
  return found;
}

/**
 * @param labels [N] the row's labels; undefined for a row that carries none, which then does not count. "Normal" is no
 * finding and is left out.
 * @throws DataError by `measure` when there are not as many rows as pairs
 */
export function padchestLabelF1(labels: readonly (readonly string[] | undefined)[]): Metric {
  const rows = labels.map((row) => row?.map(folded).filter((label) => label !== "normal"));
  return {
    name: columns[0],
    columns,
    measure(pairs) {
      if (rows.length !== pairs.length) {
        throw new DataError("There are not as many rows of labels as texts.", {
          where: "labels",
          expected: `${pairs.length}`,
          found: `${rows.length}`,
        });
      }
      if (!rows.some((row) => row !== undefined)) return notComputed(columns, "no row carries labels");
      const names = [...new Set([...Object.keys(padchestWords), ...rows.flatMap((row) => row ?? [])])];
      const patterns = new Map(names.map((name) => [name, patternOf(name)]));
      const indicators = (present: ReadonlySet<string>) => names.map((name) => Number(present.has(name)));
      const none = indicators(new Set());
      return labelMeasurement(
        names,
        rows.map((row) => (row === undefined ? none : indicators(new Set(row)))),
        pairs.map(({ hypothesis }, i) => (rows[i] === undefined ? none : indicators(labelsIn(hypothesis, patterns)))),
        [
          { name: columns[0], average: "micro" },
          { name: columns[1], average: "macro", labels: namesOf(rows, names) },
        ],
      );
    },
  };
}

/** Indices of the labels that some row carries: the macro average is over these. */
function namesOf(rows: readonly (readonly string[] | undefined)[], names: readonly string[]): number[] {
  const carried = new Set(rows.flatMap((row) => row ?? []));
  return names.flatMap((name, k) => (carried.has(name) ? [k] : []));
}
