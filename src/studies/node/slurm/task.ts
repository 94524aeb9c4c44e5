/** What a job of the cluster does: features, or one training and what it writes. */
import { UsageError } from "../../../base/errors.ts";
import { lock } from "../../../base/node/lock.ts";
import type { Reporter } from "../../../base/reporter.ts";
import { openDevice } from "../../../runtime/node/index.ts";
import { checkRows } from "../check-study.ts";
import { StudyFolder } from "../folder.ts";
import { writeManifest } from "../manifest.ts";
import type { PlannedTraining } from "../plan.ts";
import { prepareStudy, reopenStudy } from "../prepare.ts";
import { manifestWith } from "../run-study.ts";
import { isCellDone, runTraining } from "../run-training.ts";
import { startPart } from "./start.ts";
import type { Submission } from "./submission.ts";

async function makeFeatures({ file }: Submission, reporter: Reporter): Promise<void> {
  const folder = new StudyFolder(file.request.out);
  await using held = await lock(folder.lockPath, "The folder of studies");
  const prepared = await prepareStudy(file.request, await openDevice(file.engine, reporter), reporter);
  checkRows(prepared);
  await held.write(async () => writeManifest(folder.manifestPath, await manifestWith(prepared.manifest, prepared)));
}

async function train({ file }: Submission, task: number, reporter: Reporter): Promise<void> {
  const runtime = await openDevice(file.engine, reporter);
  const { plan, folder, features } = await reopenStudy(file.request, reporter);
  const isOwn = (use: (typeof plan.uses)[number]) =>
    file.uses.some(
      ({ place, seed, task: of }) =>
        of === task && seed === use.seed && Object.entries(use.place).every(([axis, value]) => place[axis] === value),
    );
  const trainings = new Set<PlannedTraining>(plan.uses.filter(isOwn).map(({ cell }) => cell.training));
  for (const training of trainings) {
    const open = [];
    for (const cell of training.cells) if (!(await isCellDone(folder, cell))) open.push(cell);
    reporter.log.info(`${training.folder}: ${open.length} of ${training.cells.length} cells to write`);
    await runTraining(folder, training, open, features.get(training.features)!, runtime, reporter);
  }
}

/**
 * @param part `features`, or the number of a task
 * @throws whatever the work throws; the submission's folder then says why it failed
 */
export async function runTask(submission: Submission, part: number | "features", reporter: Reporter): Promise<void> {
  const { uses } = submission.file;
  if (part !== "features" && !uses.some(({ task }) => task === part)) {
    const tasks = Math.max(-1, ...uses.flatMap(({ task }) => task ?? []));
    throw new UsageError("The submission has no such task.", {
      where: submission.dir,
      expected: `features, or 0 to ${tasks}`,
      found: String(part),
    });
  }
  await startPart(submission, part, () =>
    part === "features" ? makeFeatures(submission, reporter) : train(submission, part, reporter),
  );
}
