/** How far a submitted study is, cell by cell. */
import { UsageError } from "../../../base/errors.ts";
import { readJsonObject } from "../../../base/node/json.ts";
import { jobKey, type Queue } from "../../slurm/queue.ts";
import { logName } from "../../slurm/scripts.ts";
import { type CellStatus, statusOf } from "../../slurm/status.ts";
import { StudyFolder } from "../folder.ts";
import { type Manifest, parseManifest } from "../manifest.ts";
import { isCellDone } from "../run-training.ts";
import { askAccounting, askQueue } from "./commands.ts";
import { type Submission, submissionsOf, submissionsPath, submittedStudies } from "./submission.ts";

export interface SubmittedCell extends CellStatus {
  readonly cell: string;
  readonly seed: number;
  /** Number of the job and its task. */
  readonly job?: string | undefined;
}

export interface SubmittedStudy {
  readonly study: string;
  readonly cells: readonly SubmittedCell[];
}

/** Studies of a folder, or the named one. @throws UsageError when it was not submitted */
export async function chosenStudies(out: string, study: string | undefined): Promise<readonly string[]> {
  const known = await submittedStudies(out);
  if (study !== undefined && known.includes(study)) return [study];
  if (study === undefined && known.length > 0) return known;
  throw new UsageError(`${study === undefined ? "No study" : `The study ${study}`} was submitted here.`, {
    where: submissionsPath(out),
    ...(known.length > 0 && { expected: known.join(", ") }),
    remedy: "`study submit` submits one; a study that `study run` runs says itself how far it is.",
  });
}

async function isDone(folder: StudyFolder, manifest: Manifest | undefined, { file }: Submission, i: number) {
  const { place, seed } = file.uses[i]!;
  const use = manifest?.studies[file.study]?.find(
    (each) => each.seed === seed && JSON.stringify(each.place) === JSON.stringify(place),
  );
  const cell = use === undefined ? undefined : manifest?.cells[use.cell];
  return cell !== undefined && isCellDone(folder, { id: use!.cell, folder: cell.folder });
}

/** The queue, or nothing where Slurm is not here or does not answer. */
function queueIfThere(): Promise<Queue | undefined> {
  return askQueue().catch(() => undefined);
}

/** Reads files, squeue and sacct; works with the files alone. */
export async function studyStatus(out: string, study: string): Promise<SubmittedStudy> {
  const folder = new StudyFolder(out);
  const json = await readJsonObject(folder.manifestPath);
  const manifest = json === undefined ? undefined : parseManifest(json, folder.manifestPath);
  const submissions = await submissionsOf(out, study);
  const latest = submissions.at(-1);
  if (latest === undefined) return { study, cells: [] };
  const queue = await queueIfThere();
  const jobs = await Promise.all(submissions.map((each) => each.jobs()));
  const accounts =
    queue === undefined
      ? new Map()
      : await askAccounting(jobs.flatMap(({ cells }) => (cells === undefined ? [] : [cells])));
  const cells: SubmittedCell[] = [];
  for (const [i, { place, seed, label }] of latest.file.uses.entries()) {
    // The newest submission that has a task for the cell knows it.
    const isSame = (use: (typeof latest.file.uses)[number]) =>
      use.task !== undefined && use.seed === seed && JSON.stringify(use.place) === JSON.stringify(place);
    const at = submissions.findLastIndex(({ file }) => file.uses.some(isSame));
    const submission = submissions[at];
    const task = submission?.file.uses.find(isSame)?.task;
    const array = jobs[at]?.cells;
    const job = array === undefined || task === undefined ? undefined : jobKey(array, task);
    const status = statusOf({
      isDone: await isDone(folder, manifest, latest, i),
      hasQueue: queue !== undefined,
      entry: job === undefined ? undefined : (queue?.get(job) ?? accounts.get(job)),
      record: task === undefined ? undefined : await submission?.record(task),
      features: await submission?.record("features"),
      log: logName("cells", String(task)),
    });
    cells.push({ cell: label, seed, job, ...status });
  }
  return { study, cells };
}
