/** The tables of a submitted study, from what is finished. */
import { DataError } from "../../../base/errors.ts";
import { declareOver, lock } from "../../../base/node/lock.ts";
import type { Reporter } from "../../../base/reporter.ts";
import { cellLabel } from "../../study.ts";
import { StudyFolder } from "../folder.ts";
import { writeManifest } from "../manifest.ts";
import { type PreparedStudy, reopenStudy } from "../prepare.ts";
import { type MetricsOf, manifestWith, reportStudy } from "../run-study.ts";
import { isCellDone, readTraining } from "../run-training.ts";
import type { ReportFiles } from "../write-report.ts";
import { queueIfThere } from "./commands.ts";
import { startPart, startsThatAreOver } from "./start.ts";
import type { Submission } from "./submission.ts";

export interface CollectedStudy {
  readonly prepared: PreparedStudy;
  readonly report: ReportFiles;
  /** Cells that are not finished, in words. */
  readonly missing: readonly string[];
}

/** The study without the places that lack a seed: a mean over other seeds would not be comparable. */
async function finishedPart(prepared: PreparedStudy): Promise<Pick<CollectedStudy, "prepared" | "missing">> {
  const { study, plan, folder } = prepared;
  const missing: string[] = [];
  const lacking = new Set<object>();
  for (const { place, seed, cell } of plan.uses) {
    if ((await isCellDone(folder, cell)) && (await readTraining(folder, cell.training)) !== undefined) continue;
    missing.push(`${cellLabel(place, study.axes)}, seed ${seed}`);
    lacking.add(place);
  }
  if (missing.length === 0) return { prepared, missing };
  const cells = study.cells.filter(({ place }) => !lacking.has(place));
  const uses = plan.uses.filter(({ place }) => !lacking.has(place));
  const trainings = plan.trainings.filter((training) => uses.some(({ cell }) => cell.training === training));
  const notes = [
    ...study.notes,
    `Not finished, and left out with the other seeds of the same cell: ${missing.join("; ")}.`,
  ];
  return { prepared: { ...prepared, study: { ...study, cells, notes }, plan: { uses, trainings } }, missing };
}

/**
 * Scores and writes tables, figures and page of the cells that are finished with all seeds.
 * @throws DataError when none is
 */
export async function collectStudy(
  submission: Submission,
  weighted: MetricsOf,
  reporter: Reporter,
): Promise<CollectedStudy> {
  const queue = await queueIfThere();
  if (queue !== undefined) declareOver(await startsThatAreOver(submission.file.request.out, queue));
  return startPart(submission, "tables", () => collect(submission, weighted, reporter));
}

async function collect({ file }: Submission, weighted: MetricsOf, reporter: Reporter): Promise<CollectedStudy> {
  const folder = new StudyFolder(file.request.out);
  await using _ = await lock(folder.lockPath, "The folder of studies");
  const whole = await reopenStudy(file.request, reporter);
  const { prepared, missing } = await finishedPart(whole);
  if (whole.plan.uses.length > 0) await writeManifest(folder.manifestPath, await manifestWith(whole.manifest, whole));
  if (prepared.study.cells.length === 0) {
    throw new DataError("No cell of the study is finished with all its seeds.", {
      where: folder.dir,
      found: `${missing.length} of ${whole.plan.uses.length} are missing`,
      remedy: "`study status` says why; `study submit` submits the open ones again.",
    });
  }
  return { prepared, missing, ...(await reportStudy(prepared, weighted, reporter)) };
}
