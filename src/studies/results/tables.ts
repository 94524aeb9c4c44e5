/** The tables of a study: mean ± deviation and Δ columns, and the intervals beside them. */
import type { Grid } from "../../metrics/index.ts";
import { percent, reasonsNotComputed } from "../../metrics/table.ts";
import type { TableSpec } from "../file/study-schema.ts";
import { publishedColumns, publishedProfile, publishedRow } from "../published.ts";
import { cellLabel, isSelected, type Study } from "../study.ts";
import { baselineOf, levelText, signed, viewTitle } from "./comparisons.ts";
import {
  type CellScores,
  type ColumnResult,
  type ScoringOptions,
  unitsName,
  type ViewName,
  type ViewScores,
  viewOf,
} from "./score-cells.ts";

export interface TableContext {
  readonly study: Pick<Study, "axes" | "title">;
  readonly options: ScoringOptions;
  /** Whether the paper's numbers are about these data. */
  readonly isPaperData: boolean;
  /** How many rows and films there are, and how the checkpoint was chosen: one line under every table. */
  readonly circumstances: readonly string[];
}

function scoreText(result: ColumnResult | undefined): string {
  if (result === undefined) return "–";
  const value = percent(result.value);
  return Number.isNaN(result.deviation) ? value : `${value} ± ${percent(result.deviation)}`;
}

function intervalText(result: ColumnResult | undefined): string {
  return result === undefined ? "–" : `${percent(result.low)} to ${percent(result.high)}`;
}

/** All columns of the profile, computed or not. */
function columnsOf({ evaluation }: ViewScores): string[] {
  return evaluation.outcomes.flatMap(({ outcome }) => [...outcome.columns]);
}

interface TableRow {
  readonly cell: CellScores;
  readonly view: ViewScores;
  readonly baseline: ViewScores | undefined;
  readonly published: ReadonlyMap<string, number> | undefined;
  readonly publishedBaseline: ReadonlyMap<string, number> | undefined;
}

function rowsOf(spec: TableSpec, cells: readonly CellScores[], name: ViewName, context: TableContext): TableRow[] {
  const { delta, match, published } = spec;
  const paper = (cell: CellScores | undefined) =>
    context.isPaperData &&
    // The same name in another profile is another metric.
    context.options.profile === publishedProfile &&
    published !== undefined &&
    cell !== undefined &&
    name.references === "own" &&
    name.stratum === "all"
      ? publishedRow(
          published.table,
          published.key.map((axis) => cell.place[axis]!),
        )
      : undefined;
  return cells.flatMap((cell): TableRow[] => {
    const view = viewOf(cell, name);
    if (view === undefined || !isSelected(cell.place, spec.rows)) return [];
    const found = delta && baselineOf(cell, cells, { baseline: delta, match });
    const comparable = found !== undefined && found !== cell && found.subject === cell.subject ? found : undefined;
    return [
      {
        ...{ cell, view },
        baseline: comparable && viewOf(comparable, name),
        published: paper(cell),
        publishedBaseline: paper(comparable),
      },
    ];
  });
}

/** What the numbers of a table are. */
function notesOf(rows: readonly TableRow[], { options, circumstances }: TableContext, hasDelta: boolean): string[] {
  const seeds = [...new Set(rows.map(({ cell }) => cell.seeds.length))].join(" or ");
  const deviation = seeds === "1" ? "one seed, so no deviation" : `mean ± standard deviation over ${seeds} seeds`;
  const { resamples, seed, level } = options;
  const drawn = unitsName(rows.flatMap(({ view }) => view.units));
  return [
    `${deviation}; ${levelText(level)} intervals of the mean by a bootstrap over ${drawn}, ${resamples} resamples, seed ${seed}: they are about the test films, not about the seeds`,
    ...(hasDelta ? ["Δ: against the baseline of the row"] : []),
    ...circumstances,
    ...new Set(rows.flatMap(({ view }) => reasonsNotComputed(view.evaluation))),
  ];
}

/** A table in one view, and the same with intervals; undefined where no cell has such rows. */
export function tableGrids(
  spec: TableSpec,
  cells: readonly CellScores[],
  name: ViewName,
  context: TableContext,
): { readonly scores: Grid; readonly intervals: Grid } | undefined {
  const rows = rowsOf(spec, cells, name, context);
  if (rows.length === 0) return undefined;
  const columns = columnsOf(rows[0]!.view);
  const hasDelta = rows.some(({ baseline }) => baseline !== undefined);
  const deltas = hasDelta ? columns.filter((column) => rows.some(({ view }) => view.columns.has(column))) : [];
  const counts = [...new Set(rows.map(({ view }) => view.rows))].join(" or ");
  const caption = `${spec.title}${viewTitle(name)}; profile ${context.options.profile}, ${counts} test rows, percent`;
  const notes = notesOf(rows, context, hasDelta);
  const label = (cell: CellScores) => cellLabel(cell.place, context.study.axes);

  const ours = ({ cell, view, baseline }: TableRow) => [
    label(cell),
    ...columns.map((column) => scoreText(view.columns.get(column))),
    ...deltas.map((column) => deltaText(view.columns.get(column)?.value, baseline?.columns.get(column)?.value)),
  ];
  const theirs = ({ cell, published, publishedBaseline }: TableRow) =>
    published === undefined
      ? []
      : [
          [
            `${label(cell)} (paper)`,
            ...columns.map((column) => percent(published.get(column))),
            ...deltas.map((column) => deltaText(published.get(column), publishedBaseline?.get(column))),
          ],
        ];
  const isCited = rows.some(({ published }) => published !== undefined);
  const cited = isCited ? [`(paper): as published, for ${publishedColumns.join(", ")}`] : [];
  return {
    scores: {
      caption,
      header: ["cell", ...columns, ...deltas.map((column) => `Δ ${column}`)],
      rows: rows.flatMap((row) => [ours(row), ...theirs(row)]),
      notes: [...notes, ...cited],
    },
    intervals: {
      caption: `${caption}: intervals`,
      header: ["cell", ...columns],
      rows: rows.map(({ cell, view }) => [
        label(cell),
        ...columns.map((column) => intervalText(view.columns.get(column))),
      ]),
      notes,
    },
  };
}

function deltaText(value: number | undefined, baseline: number | undefined): string {
  return value === undefined || baseline === undefined ? "" : signed(value - baseline);
}
