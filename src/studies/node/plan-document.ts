/** A plan in words and numbers: what `--dry-run` shows. */
import type { Grid } from "../../metrics/index.ts";
import { cellLabel } from "../study.ts";
import { type StudyEstimate, stepsOf } from "./estimate.ts";
import type { PreparedStudy } from "./prepare.ts";
import type { Work } from "./run-study.ts";

export interface PlanDocument {
  readonly study: string;
  readonly seeds: readonly number[];
  readonly cells: readonly {
    readonly place: Readonly<Record<string, string>>;
    readonly trainRows: number;
    readonly selectionRows: number;
    readonly testRows: number;
    readonly steps: number;
    /** Steps of the warm-up. */
    readonly warmupSteps: number;
    /** Folders of the cell's texts, seed by seed; those of other cells where they are the same. */
    readonly folders: readonly string[];
    /** Seeds whose texts are there. */
    readonly done: number;
  }[];
  readonly trainings: number;
  readonly trainingsToDo: number;
}

export function planDocument({ study, plan }: PreparedStudy, work: readonly Work[]): PlanDocument {
  const open = new Set(work.flatMap(({ cells }) => cells.map(({ id }) => id)));
  const cells = study.cells.map(({ place }) => {
    const uses = plan.uses.filter((use) => use.place === place).map(({ cell }) => cell);
    const [{ training, test }] = uses as [(typeof uses)[number], ...typeof uses];
    const steps = stepsOf(training);
    const { warmupFraction, warmupSteps } = training.options;
    return {
      place,
      trainRows: training.train.length,
      selectionRows: training.selection.length,
      testRows: test.length,
      steps,
      warmupSteps: warmupFraction === undefined ? warmupSteps : Math.round(warmupFraction * steps),
      folders: uses.map(({ folder }) => folder),
      done: uses.filter(({ id }) => !open.has(id)).length,
    };
  });
  return { study: study.name, seeds: study.seeds, cells, trainings: plan.trainings.length, trainingsToDo: work.length };
}

/** What a reader should know before the study runs. */
export function planWarnings({ cells }: PlanDocument, { axes }: Pick<PreparedStudy["study"], "axes">): string[] {
  return cells.flatMap(({ place, steps, warmupSteps, selectionRows, testRows }) => {
    const name = cellLabel(place, axes);
    if (selectionRows === 0) return [`${name}: no rows to choose a checkpoint on, so it will be refused`];
    if (testRows === 0) return [`${name}: no test rows, so it will be refused`];
    if (steps === 0) return [`${name}: fewer training rows than a batch holds, so it will be refused`];
    if (warmupSteps < steps) return [];
    return [`${name}: the warm-up of ${warmupSteps} steps does not end within ${steps} steps`];
  });
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

export function planGrid(document: PlanDocument, { axes, title }: PreparedStudy["study"]): Grid {
  const { study, seeds, cells, trainings, trainingsToDo } = document;
  return {
    caption: `${study}: ${title}`,
    header: ["cell", "train rows", "selection rows", "test rows", "steps", "warm-up", "done"],
    rows: cells.map((cell) => [
      cellLabel(cell.place, axes),
      ...[cell.trainRows, cell.selectionRows, cell.testRows, cell.steps, cell.warmupSteps].map(String),
      `${cell.done} of ${seeds.length}`,
    ]),
    notes: [
      `${cells.length} cells with seeds ${seeds.join(", ")}; ${trainings} distinct trainings, ${trainingsToDo} to do`,
      ...planWarnings(document, { axes }),
    ],
  };
}

export function estimateLines(estimate: StudyEstimate, jobs: number, threads: number): string[] {
  const { costs, filmsToEncode, secondsPerFilm, steps, trainingSeconds, textSeconds, encodingSeconds } = estimate;
  const total = trainingSeconds + textSeconds + encodingSeconds;
  const measured = [...costs.values()].map(
    ({ step, validationBatch, textBatch }) =>
      `measured: ${step.toFixed(3)} s a step, ${validationBatch.toFixed(3)} s a validation batch, ${textBatch.toFixed(2)} s a batch of texts (untrained: rather too long)`,
  );
  return [
    ...measured,
    `${steps} steps ${duration(trainingSeconds)}, texts ${duration(textSeconds)}, ${filmsToEncode} films to encode ${duration(encodingSeconds)} (${secondsPerFilm.toFixed(2)} s a film)`,
    `estimate: ${duration(total)} with ${jobs} ${jobs === 1 ? "job" : "jobs"} of ${threads} ${threads === 1 ? "thread" : "threads"}`,
  ];
}
