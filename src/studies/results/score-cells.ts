/** What the cells of a study score: against one reference and all of a study, on all rows and on their strata. */
import type { Reporter } from "../../base/reporter.ts";
import type { Row } from "../../data/index.ts";
import {
  bootstrap,
  type Estimate,
  type Evaluation,
  evaluate,
  isMeasured,
  type Metric,
  scoresOf,
  type WeightedFamily,
  withStudyReferences,
} from "../../metrics/index.ts";
import type { ReferenceKind, StudyFile } from "../file/study-schema.ts";
import type { Place } from "../study.ts";
import { averageOver, restrictedTo } from "./seed-average.ts";

export const strata = ["all", "positive", "negative"] as const;

export type StratumName = (typeof strata)[number];

/** A way of looking at the texts: against which references, on which rows. */
export interface ViewName {
  readonly references: ReferenceKind;
  readonly stratum: StratumName;
}

/** The texts of a cell, seed by seed, and the rows they are about: the same for every seed. */
export interface CellTexts {
  readonly place: Place;
  readonly seeds: readonly { readonly seed: number; readonly texts: readonly string[] }[];
  readonly rows: readonly Row[];
}

/** One column of one cell. */
export interface ColumnResult extends Estimate {
  /** In the order of the seeds. */
  readonly perSeed: readonly number[];
  /** Standard deviation over the seeds (n - 1); NaN for one seed. */
  readonly deviation: number;
}

/** A cell in one view. */
export interface ViewScores extends ViewName {
  readonly rows: number;
  /** The mean over the seeds. */
  readonly evaluation: Evaluation;
  /** What was drawn: the patient of each row, or its study. */
  readonly units: readonly string[];
  /** By column; columns that were not computed are not here. */
  readonly columns: ReadonlyMap<string, ColumnResult>;
}

export interface CellScores {
  readonly place: Place;
  readonly seeds: readonly number[];
  /** What the texts are compared with: cells with the same one can be compared with each other. */
  readonly subject: string;
  readonly views: readonly ViewScores[];
}

export type ScoringOptions = StudyFile["metrics"] & {
  readonly weighted?: ReadonlyMap<WeightedFamily, Metric> | undefined;
};

/** What is drawn together: a patient's rows, or a study's where the patient is not known. */
export function unitOf({ patientId, studyId }: Row): string {
  return patientId === undefined ? `study ${studyId}` : `patient ${patientId}`;
}

/** What is drawn, in words. @param units of all rows */
export function unitsName(units: readonly string[]): "patients" | "studies" | "patients or studies" {
  const known = units.filter((unit) => unit.startsWith("patient ")).length;
  if (known === units.length) return "patients";
  return known === 0 ? "studies" : "patients or studies";
}

function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

/** Rows of each stratum that has any, by place in the list. */
function strataOfRows(rows: readonly Row[], wanted: ScoringOptions["strata"]): [StratumName, readonly number[]][] {
  const all: [StratumName, readonly number[]] = ["all", [...rows.keys()]];
  if (!wanted.includes("polarity")) return [all];
  const where = (polarity: boolean) => [...rows.keys()].filter((i) => rows[i]!.abnormal === polarity);
  const parts: [StratumName, readonly number[]][] = [
    ["positive", where(true)],
    ["negative", where(false)],
  ];
  return [all, ...parts.filter(([, members]) => members.length > 0)];
}

/** Corpus values of an evaluation, by column. */
function valuesOf({ outcomes }: Evaluation): ReadonlyMap<string, number> {
  return new Map(
    outcomes.flatMap(({ outcome }) =>
      isMeasured(outcome) ? [...scoresOf(outcome)].map(([column, { corpus }]) => [column, corpus] as const) : [],
    ),
  );
}

/** @throws InterruptedError when the user asks to stop, DataError when a metric is not defined for the texts */
export async function scoreCell(
  { place, seeds, rows }: CellTexts,
  { profile, weighted, references, strata: wanted, resamples, level, seed }: ScoringOptions,
  reporter: Reporter,
): Promise<CellScores> {
  const studies = rows.map(({ studyId }) => studyId);
  const units = rows.map(unitOf);
  const views: ViewScores[] = [];
  for (const kind of references) {
    const evaluations: Evaluation[] = [];
    for (const { texts } of seeds) {
      const own = texts.map((hypothesis, i) => ({ hypothesis, references: [rows[i]!.sentence] }));
      const pairs = kind === "own" ? own : withStudyReferences(own, studies);
      evaluations.push(await evaluate(pairs, { profile, ...(weighted && { weighted }), reporter }));
    }
    for (const [stratum, members] of strataOfRows(rows, wanted)) {
      const parts = stratum === "all" ? evaluations : evaluations.map((each) => restrictedTo(each, members));
      const evaluation = averageOver(parts);
      const clusters = members.map((i) => units[i]!);
      const perSeed = parts.map(valuesOf);
      const columns = new Map<string, ColumnResult>();
      for (const { outcome } of evaluation.outcomes) {
        if (!isMeasured(outcome)) continue;
        for (const [column, estimate] of bootstrap(outcome, { resamples, seed, level, clusters })) {
          const values = perSeed.map((each) => each.get(column)!);
          columns.set(column, { ...estimate, perSeed: values, deviation: deviationOf(values) });
        }
      }
      views.push({ references: kind, stratum, rows: members.length, evaluation, units: clusters, columns });
    }
  }
  const subject = JSON.stringify(rows.map(({ studyId, imageId, sentence }) => [studyId, imageId, sentence]));
  return { place, seeds: seeds.map((each) => each.seed), subject, views };
}

export function viewOf(cell: CellScores, { references, stratum }: ViewName): ViewScores | undefined {
  return cell.views.find((view) => view.references === references && view.stratum === stratum);
}
