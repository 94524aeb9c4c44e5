/** How far a submitted study is, cell by cell. */
import { UsageError } from "../../../base/errors.ts";
import { readJsonObject } from "../../../base/node/json.ts";
import { jobKey, phaseOf, type Queue } from "../../slurm/queue.ts";
import { logName } from "../../slurm/scripts.ts";
import { type CellStatus, type KnownOfJob, statusOf } from "../../slurm/status.ts";
import { StudyFolder } from "../folder.ts";
import { type Manifest, parseManifest } from "../manifest.ts";
import { isCellDone } from "../run-training.ts";
import { askAccounting, queueIfThere } from "./commands.ts";
import {
  type Part,
  type Submission,
  type SubmittedJobs,
  submissionsOf,
  submissionsPath,
  submittedStudies,
} from "./submission.ts";

export interface SubmittedCell extends CellStatus {
  readonly cell: string;
  readonly seed: number;
  /** Number of the job and its task. */
  readonly job?: string | undefined;
}

export interface SubmittedStudy {
  readonly study: string;
  readonly cells: readonly SubmittedCell[];
  /** Whether they were made after the last submission; not what is in them. */
  readonly tables: CellStatus;
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

/** What squeue says of jobs, and of those that it forgot what the accounts say. */
async function endsOf(queue: Queue | undefined, jobs: readonly SubmittedJobs[]): Promise<Queue> {
  if (queue === undefined) return new Map();
  const accounts = await askAccounting(
    jobs.flatMap(({ features, cells, tables }) => [features, cells, tables].flatMap((job) => job ?? [])),
  );
  // Accounts lag behind: a job that squeue does not know is over, whatever they say.
  const ended = [...accounts].filter(([, entry]) => phaseOf(entry) === "ended");
  return new Map([...ended, ...queue]);
}

/** Reads files, squeue and sacct; works with the files alone. */
export async function studyStatus(out: string, study: string): Promise<SubmittedStudy> {
  const folder = new StudyFolder(out);
  const json = await readJsonObject(folder.manifestPath);
  const manifest = json === undefined ? undefined : parseManifest(json, folder.manifestPath);
  const submissions = await submissionsOf(out, study);
  const latest = submissions.at(-1)!;
  const queue = await queueIfThere();
  const hasQueue = queue !== undefined;
  const jobs = await Promise.all(submissions.map((each) => each.jobs()));
  const entries = await endsOf(queue, jobs);
  const known = async (at: number, part: Part): Promise<KnownOfJob & { readonly job?: string | undefined }> => {
    const of = jobs[at]![typeof part === "number" ? "cells" : part];
    const job = of === undefined || typeof part !== "number" ? of : jobKey(of, part);
    return {
      job,
      entry: job === undefined ? undefined : entries.get(job),
      record: await submissions[at]!.record(part),
      log: typeof part === "number" ? logName("cells", String(part)) : logName(part),
    };
  };
  const cells: SubmittedCell[] = [];
  for (const [i, { place, seed, label }] of latest.file.uses.entries()) {
    // The newest submission that has a task for the cell knows it.
    const isSame = (use: (typeof latest.file.uses)[number]) =>
      use.task !== undefined && use.seed === seed && JSON.stringify(use.place) === JSON.stringify(place);
    const at = submissions.findLastIndex(({ file }) => file.uses.some(isSame));
    const task = submissions[at]?.file.uses.find(isSame)?.task;
    const { job, ...own } = task === undefined ? { job: undefined, log: "" } : await known(at, task);
    const features = task === undefined ? undefined : await known(at, "features");
    const status = statusOf({ ...own, features, hasQueue, isDone: await isDone(folder, manifest, latest, i) });
    cells.push({ cell: label, seed, job, ...status });
  }
  const { job: _, ...own } = await known(submissions.length - 1, "tables");
  return { study, cells, tables: statusOf({ ...own, hasQueue, isDone: own.record?.state === "done" }) };
}
