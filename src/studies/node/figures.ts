/** The figures of a study's report: scores along an axis, and learning curves. */
import type { FigureSpec } from "../file/study-schema.ts";
import { learningCurves } from "../report/learning-curves.ts";
import { type ScorePoint, scoreLines } from "../report/score-lines.ts";
import { type CellScores, type ViewName, viewOf } from "../results/score-cells.ts";
import { cellLabel, isSelected } from "../study.ts";
import type { PreparedStudy } from "./prepare.ts";
import { readTraining } from "./run-training.ts";

export interface NamedFigure {
  readonly name: string;
  readonly caption: string;
  readonly svg: string;
}

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

/** All figures of a study, and words about those that are not drawn. */
export async function figuresOf(prepared: PreparedStudy, cells: readonly CellScores[], view: ViewName) {
  const figures: NamedFigure[] = [];
  const notes: string[] = [];
  for (const [i, spec] of prepared.study.figures.entries()) {
    const name = `figure-${i + 1}`;
    if (!cells.some(({ place }) => isSelected(place, spec.rows))) {
      notes.push(`${spec.title}: none of its cells is here, so it is not drawn.`);
      continue;
    }
    if (spec.kind === "learning-curves") figures.push(await curvesFigure(spec, name, prepared));
    else {
      const lines = await lineFigures(spec, name, cells, prepared.study, view);
      figures.push(...lines.figures);
      notes.push(...lines.notes);
    }
  }
  return { figures, notes };
}
