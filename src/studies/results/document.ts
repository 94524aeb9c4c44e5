/** All results of a study as plain JSON, unrounded. */
import { reasonsNotComputed } from "../../metrics/table.ts";
import type { Study } from "../study.ts";
import type { StudyComparison } from "./comparisons.ts";
import type { CellScores, ViewScores } from "./score-cells.ts";

function viewDocument({ references, stratum, rows, columns, evaluation }: ViewScores) {
  const scores = [...columns].map(([column, { value, low, high, deviation, perSeed }]) => [
    column,
    { mean: value, deviation: Number.isNaN(deviation) ? null : deviation, low, high, perSeed },
  ]);
  return { references, stratum, rows, scores: Object.fromEntries(scores), notComputed: reasonsNotComputed(evaluation) };
}

export function studyDocument(
  { name, title, notes, seeds, metrics }: Study,
  cells: readonly CellScores[],
  comparisons: readonly StudyComparison[],
) {
  return {
    study: name,
    title,
    notes,
    seeds,
    metrics,
    cells: cells.map(({ place, seeds, views }) => ({ place, seeds, views: views.map(viewDocument) })),
    comparisons: comparisons.map(({ rows, ...rest }) => ({
      ...rest,
      rows: rows.map(({ cell, baseline, system: _, ...row }) => ({
        cell: cell.place,
        baseline: baseline.place,
        ...row,
      })),
    })),
  };
}
