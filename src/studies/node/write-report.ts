/** The files of a study's report: tables in four formats, figures in two, one page with all of it. */
import { stringify } from "yaml";
import { escapeHtml, figure, gridTable, page, paragraph, section } from "../../base/html.ts";
import { removeUnfinishedFiles, writeFileAtomic } from "../../base/node/files.ts";
import { disclaimer, syntheticOnly } from "../../base/notices.ts";
import { type Grid, gridAsLatex, gridAsMarkdown } from "../../metrics/index.ts";
import { gridAsCsv } from "../../metrics/node/index.ts";
import type { TableSpec } from "../file/study-schema.ts";
import { isPaperData } from "../published.ts";
import { compareCells, comparisonGridOf, type StudyComparison } from "../results/comparisons.ts";
import { studyDocument } from "../results/document.ts";
import { type CellScores, type ScoringOptions, strata, type ViewName, viewOf } from "../results/score-cells.ts";
import { type TableContext, tableGrids } from "../results/tables.ts";
import { isSameView, mainViewOf, viewed } from "../results/views.ts";
import { figurePng } from "./figure-png.ts";
import { figuresOf } from "./figures.ts";
import { removeOutdated } from "./outdated.ts";
import { planDocument, planWarnings } from "./plan-document.ts";
import type { PreparedStudy } from "./prepare.ts";

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
