/** The files of a study's report: tables in four formats, figures in two, one page with all of it. */
import { stringify } from "yaml";
import { escapeHtml, figure, gridTable, page, paragraph, section } from "../../base/html.ts";
import { removeUnfinishedFiles, writeFileAtomic } from "../../base/node/files.ts";
import { disclaimer, syntheticOnly } from "../../base/notices.ts";
import { type Grid, gridAsLatex, gridAsMarkdown } from "../../metrics/index.ts";
import { gridAsCsv } from "../../metrics/node/index.ts";
import type { FigureSpec, TableSpec } from "../file/study-schema.ts";
import { isPaperData } from "../published.ts";
import { learningCurves } from "../report/learning-curves.ts";
import { type ScorePoint, scoreLines } from "../report/score-lines.ts";
import { compareCells, comparisonGridOf, type StudyComparison } from "../results/comparisons.ts";
import { studyDocument } from "../results/document.ts";
import { type CellScores, type ScoringOptions, strata, type ViewName, viewOf } from "../results/score-cells.ts";
import { type TableContext, tableGrids } from "../results/tables.ts";
import { isSameView, mainViewOf, viewed } from "../results/views.ts";
import { cellLabel, isSelected } from "../study.ts";
import { figurePng } from "./figure-png.ts";
import { removeOutdated } from "./outdated.ts";
import { planDocument, planWarnings } from "./plan-document.ts";
import type { PreparedStudy } from "./prepare.ts";
import { readTraining } from "./run-training.ts";

export interface ReportFiles {
  readonly page: string;
  readonly files: readonly string[];
  /** The main tables and comparisons, for a terminal. */
  readonly grids: readonly Grid[];
  readonly document: object;
}

interface NamedGrid {
  /** Name of its files, without ending. */
  readonly name: string;
  readonly grid: Grid;
}

interface NamedFigure {
  readonly name: string;
  readonly caption: string;
  readonly svg: string;
}

/** How the numbers came about, for the foot of every table: the choices that a protocol makes, rows, cells that were cut. */
function circumstancesOf(prepared: PreparedStudy): string[] {
  const { study, plan, data } = prepared;
  const distinct = <T>(values: readonly T[]) => [...new Set(values)].join(" or ");
  const settings = study.cells.map((cell) => cell.settings);
  const trainings = plan.trainings;
  const protocol = `protocol ${distinct(settings.map((each) => each.protocol))}: checkpoint chosen on ${distinct(settings.map(({ selectOn }) => selectOn))} rows, concatNorm ${distinct(settings.map(({ concatNorm }) => concatNorm))}, id0InLoss ${distinct(settings.map(({ id0InLoss }) => id0InLoss))}, colour films ${distinct(settings.map(({ imagesNotGrey }) => imagesNotGrey))}, AdamW ${distinct(settings.map(({ adamw }) => adamw))}, fit ${distinct(settings.map(({ fit }) => fit))}`;
  const counts = trainings.map(({ train }) => train.length);
  const range =
    Math.min(...counts) === Math.max(...counts) ? `${counts[0]}` : `${Math.min(...counts)} to ${Math.max(...counts)}`;
  const films = data.isSynthetic ? "synthetic films" : `data set ${data.dataset.name}`;
  const warnings = planWarnings(planDocument(prepared, []), study);
  return [protocol, `${films}; ${range} training rows; seeds ${study.seeds.join(", ")}`, ...study.notes, ...warnings];
}

function tablesOf(
  specs: readonly TableSpec[],
  cells: readonly CellScores[],
  views: readonly ViewName[],
  context: TableContext,
): { readonly view: ViewName; readonly scores: NamedGrid; readonly intervals: NamedGrid }[] {
  return specs.flatMap((spec, i) =>
    views.flatMap((view) => {
      const grids = tableGrids(spec, cells, view, context);
      if (grids === undefined) return [];
      const name = viewed(`table-${i + 1}`, view, mainViewOf(context.options));
      const intervals = { name: `${name}_intervals`, grid: grids.intervals };
      return [{ view, scores: { name, grid: grids.scores }, intervals }];
    }),
  );
}

/** A study without a table of its own gets one of all its cells. */
const wholeTable: TableSpec = { title: "All cells", rows: {}, match: [] };

/** A figure for each metric that was computed, and words about the others. */
async function lineFigures(
  spec: Extract<FigureSpec, { kind: "line" }>,
  name: string,
  cells: readonly CellScores[],
  { axes }: PreparedStudy["study"],
  view: ViewName,
): Promise<{ readonly figures: NamedFigure[]; readonly notes: string[] }> {
  const figures: NamedFigure[] = [];
  const notes: string[] = [];
  const shown = cells.filter(({ place }) => isSelected(place, spec.rows));
  const xLabel = axes.find((axis) => axis.name === spec.x)?.label ?? spec.x;
  for (const metric of spec.metrics) {
    const resultOf = (cell: CellScores) => viewOf(cell, view)?.columns.get(metric);
    const points = shown.flatMap((cell): ScorePoint[] => {
      const result = resultOf(cell);
      const { [spec.x]: x, [spec.series]: series } = cell.place;
      return result === undefined
        ? []
        : [{ series: series!, x: Number(x), mean: 100 * result.value, deviation: 100 * result.deviation }];
    });
    if (points.length === 0) {
      notes.push(`${spec.title}: ${metric} was not computed, so it is not drawn.`);
      continue;
    }
    const levels = spec.lines.flatMap(({ label, cells: selector }) => {
      const result = cells.flatMap((cell) => (isSelected(cell.place, selector) ? (resultOf(cell) ?? []) : []))[0];
      return result === undefined ? [] : [{ label, mean: 100 * result.value, deviation: 100 * result.deviation }];
    });
    const seeds = Math.max(...shown.map((cell) => cell.seeds.length));
    const band = seeds > 1 ? `; bands: one standard deviation over ${seeds} seeds` : "; one seed";
    const svg = await scoreLines({ xLabel, yLabel: `${metric} (percent)`, points, levels });
    figures.push({
      name: `${name}_${metric.toLowerCase().replaceAll(" ", "-")}`,
      caption: `${spec.title}: ${metric}${band}.`,
      svg,
    });
  }
  return { figures, notes };
}

/** Loss by epoch, averaged over the seeds of a place. */
async function curvesFigure(
  spec: Extract<FigureSpec, { kind: "learning-curves" }>,
  name: string,
  { study, plan, folder }: PreparedStudy,
): Promise<NamedFigure> {
  const curves = [];
  const drawn = new Set<string>();
  for (const { place } of study.cells.filter((cell) => isSelected(cell.place, spec.rows))) {
    const trainings = plan.uses.filter((use) => use.place === place).map((use) => use.cell.training);
    // Cells that only their test rows tell apart have one curve.
    const key = trainings.map(({ id }) => id).join();
    if (drawn.has(key)) continue;
    drawn.add(key);
    const runs = await Promise.all(trainings.map((training) => readTraining(folder, training)));
    const epochs = Math.min(...runs.map((run) => run!.epochs.length));
    const mean = (epoch: number, key: "trainLoss" | "validationLoss") =>
      runs.reduce((sum, run) => sum + run!.epochs[epoch]![key], 0) / runs.length;
    curves.push({
      name: cellLabel(place, study.axes),
      epochs: Array.from({ length: epochs }, (_, epoch) => ({
        epoch: epoch + 1,
        trainLoss: mean(epoch, "trainLoss"),
        validationLoss: mean(epoch, "validationLoss"),
      })),
    });
  }
  const caption = `${spec.title}: mean over ${study.seeds.length} seeds; the checkpoint with the lowest validation loss writes.`;
  return { name, caption, svg: await learningCurves(curves) };
}

async function figuresOf(prepared: PreparedStudy, cells: readonly CellScores[], view: ViewName) {
  const figures: NamedFigure[] = [];
  const notes: string[] = [];
  for (const [i, spec] of prepared.study.figures.entries()) {
    const name = `figure-${i + 1}`;
    if (spec.kind === "learning-curves") figures.push(await curvesFigure(spec, name, prepared));
    else {
      const lines = await lineFigures(spec, name, cells, prepared.study, view);
      figures.push(...lines.figures);
      notes.push(...lines.notes);
    }
  }
  return { figures, notes };
}

function tableSection(grid: Grid): string {
  return `<h3>${escapeHtml(grid.caption)}</h3>\n${gridTable(grid)}`;
}

/** Writes all files; the same cells give the same bytes. */
export async function writeReport(
  prepared: PreparedStudy,
  cells: readonly CellScores[],
  options: ScoringOptions,
): Promise<ReportFiles> {
  const { study, folder, data } = prepared;
  const mainView = mainViewOf(options);
  const views = options.references
    .flatMap((references) => strata.map((stratum): ViewName => ({ references, stratum })))
    .filter((view) => cells.some((cell) => viewOf(cell, view) !== undefined));
  const circumstances = circumstancesOf(prepared);
  const context: TableContext = { study, options, isPaperData: isPaperData(data.dataset.studies), circumstances };
  const tables = tablesOf(study.tables.length > 0 ? study.tables : [wholeTable], cells, views, context);
  const comparisons: StudyComparison[] = study.comparisons.flatMap((spec) =>
    views.map((view) => compareCells(spec, cells, view, study, options)),
  );
  const comparisonGrids = study.comparisons.flatMap((_, i) =>
    views.map((view, k) => {
      const grid = comparisonGridOf(comparisons[i * views.length + k]!, study, options);
      return { view, name: viewed(`comparison-${i + 1}`, view, mainView), grid };
    }),
  );
  const { figures, notes } = await figuresOf(prepared, cells, mainView);
  const document = studyDocument(study, cells, comparisons);

  await removeUnfinishedFiles(folder.reportPath(study.name), { recursive: true });
  const files: string[] = [];
  const write = async (name: string, content: string | Uint8Array) => {
    const path = folder.reportPath(study.name, ...name.split("/"));
    await writeFileAtomic(path, content);
    files.push(path);
  };
  const grids: NamedGrid[] = [...tables.flatMap(({ scores, intervals }) => [scores, intervals]), ...comparisonGrids];
  for (const { name, grid } of grids) {
    await write(`tables/${name}.md`, gridAsMarkdown(grid));
    await write(`tables/${name}.csv`, gridAsCsv(grid));
    await write(`tables/${name}.tex`, gridAsLatex(grid));
    await write(`tables/${name}.json`, `${JSON.stringify(grid, undefined, 1)}\n`);
  }
  for (const { name, svg } of figures) {
    await write(`figures/${name}.svg`, svg);
    await write(`figures/${name}.png`, await figurePng(svg, 900));
  }
  await write("results.json", `${JSON.stringify(document, undefined, 1)}\n`);
  const configuration = configurationOf(prepared);
  await write("cells.yaml", configuration);

  const notice = data.isSynthetic ? `All films, boxes and sentences are synthetic. ${syntheticOnly}` : "";
  const main = tables.filter(({ view }) => isSameView(view, mainView));
  const others = tables.filter(({ view }) => !isSameView(view, mainView));
  const mainComparisons = comparisonGrids.filter(({ view }) => isSameView(view, mainView));
  const otherComparisons = comparisonGrids.filter(({ view }) => !isSameView(view, mainView));
  const body = [
    section("Scores", ...main.map(({ scores }) => tableSection(scores.grid))),
    ...(mainComparisons.length > 0 ? [section("Tests", ...mainComparisons.map(({ grid }) => tableSection(grid)))] : []),
    section("Figures", ...figures.map(({ svg, caption }) => figure(svg, caption)), ...notes.map(paragraph)),
    section("Intervals", ...main.map(({ intervals }) => tableSection(intervals.grid))),
    section(
      "Positive and negative rows apart; all sentences of the study as references",
      ...others.map(({ scores }) => tableSection(scores.grid)),
      ...otherComparisons.map(({ grid }) => details(grid.caption, tableSection(grid))),
    ),
    section("Configuration", `<details><summary>cells.yaml</summary><pre>${escapeHtml(configuration)}</pre></details>`),
  ];
  await write("study.html", page(study.title, notice, body));
  await removeOutdated(folder.reportPath(study.name), files);
  return {
    page: folder.reportPath(study.name, "study.html"),
    files,
    grids: [...main.map(({ scores }) => scores.grid), ...mainComparisons.map(({ grid }) => grid)],
    document: { ...document, notice: disclaimer },
  };
}

function details(summary: string, body: string): string {
  return `<details><summary>${escapeHtml(summary)}</summary>\n${body}\n</details>`;
}

/** Every place with all its settings. */
function configurationOf({ study }: PreparedStudy): string {
  const { name, title, seeds, metrics, cells } = study;
  const all = cells.map(({ place, settings: { transforms, ...settings } }) => ({
    place,
    settings,
    transforms: transforms.map(({ own, on }) => ({ ...own, ...(on && { splits: on }) })),
  }));
  return stringify({ study: name, title, seeds, metrics, cells: all }, { lineWidth: 0 });
}
