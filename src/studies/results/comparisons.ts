/** Cells against their baselines: differences with intervals, two paired tests, Holm's correction over all of a comparison. */
import { type ComparedColumn, compare, type Grid, holm } from "../../metrics/index.ts";
import { percent } from "../../metrics/table.ts";
import type { ComparisonSpec } from "../file/study-schema.ts";
import { cellLabel, isSelected, type Study } from "../study.ts";
import { type CellScores, type ScoringOptions, unitsName, type ViewName, viewOf } from "./score-cells.ts";

export interface ComparedCells extends ComparedColumn {
  readonly cell: CellScores;
  readonly baseline: CellScores;
}

export interface StudyComparison extends ViewName {
  readonly title: string;
  readonly rows: readonly ComparedCells[];
  readonly notes: readonly string[];
}

/** The baseline of a cell: the selected one that is like it on the axes to match. */
export function baselineOf(
  cell: CellScores,
  cells: readonly CellScores[],
  { baseline, match }: Pick<ComparisonSpec, "baseline" | "match">,
): CellScores | undefined {
  const found = cells.filter(({ place }) => isSelected(place, baseline));
  return found.find(({ place }) => match.every((axis) => place[axis] === cell.place[axis]));
}

/** Corrected again over all cells: each `compare` knows its own columns only. */
function corrected(rows: readonly ComparedCells[]): ComparedCells[] {
  const bootstrapHolm = holm(rows.map(({ p }) => p));
  const randomisationHolm = holm(rows.map(({ randomisation }) => randomisation.p));
  return rows.map((row, i) => ({
    ...row,
    pHolm: bootstrapHolm[i]!,
    randomisation: { p: row.randomisation.p, pHolm: randomisationHolm[i]! },
  }));
}

/** A comparison in one view; cells without a baseline, or with other test rows, are named in the notes. */
export function compareCells(
  spec: ComparisonSpec,
  cells: readonly CellScores[],
  view: ViewName,
  { axes }: Pick<Study, "axes">,
  { resamples, trials, level, seed }: ScoringOptions,
): StudyComparison {
  const notes: string[] = [];
  const rows: ComparedCells[] = [];
  for (const cell of cells.filter(({ place }) => isSelected(place, spec.cells))) {
    const name = cellLabel(cell.place, axes);
    const baseline = baselineOf(cell, cells, spec);
    if (baseline === cell) continue;
    if (baseline === undefined) {
      notes.push(`${name}: not compared, its baseline is not among the cells`);
      continue;
    }
    if (baseline.subject !== cell.subject) {
      notes.push(`${name}: not compared, its test rows are others than the baseline's`);
      continue;
    }
    const [first, second] = [viewOf(baseline, view), viewOf(cell, view)];
    if (first === undefined || second === undefined) continue;
    const evaluations = new Map([
      ["baseline", first.evaluation],
      ["cell", second.evaluation],
    ]);
    const compared = compare(evaluations, {
      bootstrap: { resamples, level, seed, clusters: first.units },
      randomisation: { trials, clusters: first.units },
    });
    rows.push(...compared.rows.map((row) => ({ ...row, cell, baseline })));
  }
  return { ...view, title: spec.title, rows: corrected(rows), notes };
}

/** p with three decimals, and never a bare zero. */
function pText(p: number): string {
  return p < 0.001 ? "<0.001" : p.toFixed(3);
}

/** 95%; without the digits that a product of two decimal fractions may have behind its own. */
export function levelText(level: number): string {
  return `${Number((100 * level).toFixed(9))}%`;
}

export function signed(value: number): string {
  const text = percent(value);
  return value > 0 && Number(text) > 0 ? `+${text}` : text;
}

/** A row for each cell and metric. */
export function comparisonGridOf(
  { title, rows, notes, references, stratum }: StudyComparison,
  { axes }: Pick<Study, "axes">,
  { resamples, trials, level, seed }: ScoringOptions,
): Grid {
  const drawn = unitsName(rows.flatMap(({ cell }) => viewOf(cell, { references, stratum })!.units));
  return {
    caption: `${title}${viewTitle({ references, stratum })}`,
    header: ["cell", "against", "metric", "Δ", "interval", "p boot", "Holm", "p rand", "Holm", "d"],
    rows: rows.map(({ cell, baseline, column, difference, p, pHolm, randomisation, effect }) => [
      ...[cellLabel(cell.place, axes), cellLabel(baseline.place, axes), column, signed(difference.value)],
      `${percent(difference.low)} to ${percent(difference.high)}`,
      ...[p, pHolm, randomisation.p, randomisation.pHolm].map(pText),
      effect.d.toFixed(2),
    ]),
    notes: [
      `mean over the seeds; ${levelText(level)} intervals and p of a paired bootstrap over ${drawn}, ${resamples} resamples, seed ${seed}`,
      `paired approximate randomisation over ${drawn}, ${trials} trials; Holm over all rows of this table`,
      ...notes,
    ],
  };
}

/** What a view adds to a title; nothing for the usual one. */
export function viewTitle({ references, stratum }: ViewName): string {
  const parts = [
    ...(stratum === "all" ? [] : [`${stratum} rows`]),
    ...(references === "own" ? [] : ["scored against all sentences of the study"]),
  ];
  return parts.length === 0 ? "" : `, ${parts.join(", ")}`;
}
