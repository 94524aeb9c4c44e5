/** A study from its file to its tables. */
import { readFile } from "node:fs/promises";
import { parse } from "csv-parse/sync";
import { lock } from "../../base/node/lock.ts";
import type { Reporter } from "../../base/reporter.ts";
import type { Metric, ProfileName, WeightedFamily } from "../../metrics/index.ts";
import { MemoryFolder } from "../../metrics/node/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import { type CellScores, type CellTexts, type ScoringOptions, scoreCell } from "../results/score-cells.ts";
import { checkRows, tryMetrics } from "./check-study.ts";
import { StudyFolder } from "./folder.ts";
import { type Manifest, writeManifest } from "./manifest.ts";
import type { PlannedCell, PlannedTraining } from "./plan.ts";
import { type PreparedStudy, prepareStudy, type StudyRequest } from "./prepare.ts";
import { isCellDone, predictionsPath, readTraining, runTraining } from "./run-training.ts";
import { type ReportFiles, writeReport } from "./write-report.ts";

/** Runs several trainings, so many at a time as it thinks right. */
export type Crew = (
  work: readonly Work[],
  prepared: PreparedStudy,
  onDone: (work: Work) => Promise<void>,
) => Promise<void>;

/** The metrics with weights, where their models are given. */
export type MetricsOf = (profile: ProfileName, memories: MemoryFolder) => Promise<ReadonlyMap<WeightedFamily, Metric>>;

/** A training that is not finished, or has cells without texts. */
export interface Work {
  readonly training: PlannedTraining;
  readonly cells: readonly PlannedCell[];
}

/** What is left to do of a plan. */
export async function remainingWork({ plan, folder }: PreparedStudy): Promise<Work[]> {
  const work: Work[] = [];
  for (const training of plan.trainings) {
    const open: PlannedCell[] = [];
    for (const cell of training.cells) if (!(await isCellDone(folder, cell))) open.push(cell);
    if (open.length > 0 || (await readTraining(folder, training)) === undefined) work.push({ training, cells: open });
  }
  return work;
}

/** All work in this process, one after the other. */
export function inThisProcess(runtime: Runtime, reporter: Reporter): Crew {
  return async (work, { folder, features }, onDone) => {
    for (const [i, each] of work.entries()) {
      const { training, cells } = each;
      reporter.log.info(`${i + 1}/${work.length}: ${training.folder}`);
      await runTraining(folder, training, cells, features.get(training.features)!, runtime, reporter);
      await onDone(each);
    }
  };
}

/** The manifest with a plan in it. */
export async function manifestWith(before: Manifest, { study, plan, folder }: PreparedStudy): Promise<Manifest> {
  const trainings = { ...before.trainings };
  const cells = { ...before.cells };
  for (const training of plan.trainings) {
    const done = (await readTraining(folder, training)) !== undefined;
    trainings[training.id] = { folder: training.folder, done };
    for (const cell of training.cells) {
      cells[cell.id] = { folder: cell.folder, training: training.id, done: await isCellDone(folder, cell) };
    }
  }
  const uses = plan.uses.map(({ place, seed, cell }) => ({ place, seed, cell: cell.id }));
  return { ...before, trainings, cells, studies: { ...before.studies, [study.name]: uses } };
}

/** The texts of each place of the study, seed by seed. */
async function textsOf({ study, plan, folder }: PreparedStudy): Promise<CellTexts[]> {
  const texts: CellTexts[] = [];
  for (const { place } of study.cells) {
    const uses = plan.uses.filter((use) => use.place === place);
    const seeds: CellTexts["seeds"][number][] = [];
    for (const { seed, cell } of uses) {
      const records = parse(await readFile(predictionsPath(folder, cell)), { columns: true }) as { hyp: string }[];
      seeds.push({ seed, texts: records.map(({ hyp }) => hyp) });
    }
    texts.push({ place, seeds, rows: uses[0]!.cell.test });
  }
  return texts;
}

export interface StudyOutcome {
  readonly prepared: PreparedStudy;
  readonly cells: readonly CellScores[];
  readonly report: ReportFiles;
  /** Trainings that were run or continued now. */
  readonly ran: number;
}

/**
 * Runs what is not done yet, scores, and writes tables, figures and page. What an earlier process finished in the folder,
 * for this study or another, is used.
 * @throws InterruptedError when the user asks to stop; what is finished is saved. UsageError when another process works
 * in the folder or it belongs to other data
 */
export async function runStudy(
  request: StudyRequest,
  runtime: Runtime,
  crew: Crew,
  weighted: MetricsOf,
  reporter: Reporter,
): Promise<StudyOutcome> {
  const folder = new StudyFolder(request.out);
  await using _ = await lock(folder.lockPath, "The folder of studies");
  const prepared = await prepareStudy(request, runtime, reporter);
  checkRows(prepared);
  const { study, plan } = prepared;
  let { manifest } = prepared;
  const save = async () => {
    manifest = await manifestWith(manifest, prepared);
    await writeManifest(folder.manifestPath, manifest);
  };
  await save();
  const work = await remainingWork(prepared);
  const count = plan.trainings.length;
  reporter.log.info(`${study.name}: ${plan.uses.length} cells of ${count} trainings, ${work.length} of them to do`);
  await using memories = new MemoryFolder(folder.readingsPath);
  const metrics = await weighted(study.metrics.profile, memories);
  if (work.length > 0) await tryMetrics(metrics, study.metrics, reporter);
  await crew(work, prepared, save);
  return { prepared, ...(await reportWith(prepared, metrics, reporter)), ran: work.length };
}

/** Scores the texts of all places, and writes tables, figures and page. */
export async function reportStudy(
  prepared: PreparedStudy,
  weighted: MetricsOf,
  reporter: Reporter,
): Promise<Pick<StudyOutcome, "cells" | "report">> {
  await using memories = new MemoryFolder(prepared.folder.readingsPath);
  return await reportWith(prepared, await weighted(prepared.study.metrics.profile, memories), reporter);
}

async function reportWith(
  prepared: PreparedStudy,
  weighted: ReadonlyMap<WeightedFamily, Metric>,
  reporter: Reporter,
): Promise<Pick<StudyOutcome, "cells" | "report">> {
  const { study } = prepared;
  const options: ScoringOptions = { ...study.metrics, weighted };
  const cells: CellScores[] = [];
  const scoring = reporter.progress("score cells", study.cells.length);
  for (const texts of await textsOf(prepared)) {
    cells.push(await scoreCell(texts, options, reporter));
    scoring.advance();
  }
  scoring.done();
  return { cells, report: await writeReport(prepared, cells, options) };
}
