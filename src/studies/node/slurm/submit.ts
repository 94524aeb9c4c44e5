/** Hands the open cells of a study to Slurm. */
import { join, resolve } from "node:path";
import { DataError } from "../../../base/errors.ts";
import { writeFileAtomic } from "../../../base/node/files.ts";
import { lock } from "../../../base/node/lock.ts";
import type { Reporter } from "../../../base/reporter.ts";
import type { RuntimeOptions } from "../../../runtime/node/index.ts";
import { isLive, jobKey, type Queue } from "../../slurm/queue.ts";
import { batchScript, jobKinds, type ScriptFacts, type SlurmResources } from "../../slurm/scripts.ts";
import { cellLabel, type Place, readStudy } from "../../study.ts";
import { checkRows } from "../check-study.ts";
import { type PreparedStudy, reopenStudy, type StudyRequest } from "../prepare.ts";
import { isCellDone } from "../run-training.ts";
import { askQueue, submitScript } from "./commands.ts";
import { startsThatAreOver } from "./start.ts";
import {
  Submission,
  type SubmissionFile,
  type SubmittedJobs,
  submissionKey,
  submissionsOf,
  submissionsPath,
  submittedStudies,
} from "./submission.ts";

export interface SubmitRequest {
  /** Its paths are absolute: the jobs start elsewhere. */
  readonly study: StudyRequest;
  readonly engine: RuntimeOptions;
  readonly metricModels: Readonly<Record<string, unknown>>;
  readonly resources: SlurmResources;
  /** What runs this program on every machine of the cluster. */
  readonly program: readonly string[];
  /** Where relative paths of the study's settings start. */
  readonly directory: string;
}

type Use = SubmissionFile["uses"][number];

export interface PlannedSubmission {
  readonly study: string;
  readonly dir: string;
  readonly uses: readonly Use[];
  readonly tasks: number;
  /** Cells whose files are there. */
  readonly done: number;
  /** Cells that an earlier submission has in the queue. */
  readonly queued: number;
  readonly scripts: Readonly<Record<(typeof jobKinds)[number], string>>;
}

const useKey = (place: Place, seed: number) => JSON.stringify([place, seed]);

/** Keys of the uses whose cells are done, by the rows that are known to be usable. */
async function finishedUses({ plan, folder }: PreparedStudy): Promise<Set<string>> {
  const finished = new Set<string>();
  for (const { place, seed, cell } of plan.uses) {
    if (await isCellDone(folder, cell)) finished.add(useKey(place, seed));
  }
  return finished;
}

/** Jobs of earlier submissions that are in the queue. */
interface Live {
  /** Keys of uses of this study. */
  readonly uses: ReadonlySet<string>;
  /** Numbers of its arrays with live tasks. */
  readonly arrays: readonly string[];
  /** Numbers of jobs that embed for any study of the folder. */
  readonly features: readonly string[];
}

async function liveJobs(out: string, study: string, key: string, queue: Queue): Promise<Live> {
  const uses = new Set<string>();
  const arrays = new Set<string>();
  const features: string[] = [];
  for (const name of await submittedStudies(out)) {
    for (const submission of await submissionsOf(out, name)) {
      const { features: job } = await submission.jobs();
      if (isLive(queue, job)) features.push(job!);
    }
  }
  for (const submission of await submissionsOf(out, study)) {
    const jobs = await submission.jobs();
    for (const { place, seed, task } of submission.file.uses) {
      if (task === undefined || jobs.cells === undefined || !isLive(queue, jobKey(jobs.cells, task))) continue;
      if (submission.file.key !== key) {
        throw new DataError("Cells of the same study with other settings are in the queue.", {
          where: submission.dir,
          found: `job ${jobs.cells}`,
          remedy: `Wait until they end, or stop them: scancel ${jobs.cells}.`,
        });
      }
      uses.add(useKey(place, seed));
      arrays.add(jobs.cells);
    }
  }
  return { uses, arrays: [...arrays], features };
}

const noLiveJobs: Live = { uses: new Set(), arrays: [], features: [] };

async function planSubmission(request: SubmitRequest, live: Live, reporter: Reporter): Promise<PlannedSubmission> {
  const prepared = await reopenStudy(request.study, reporter, true);
  checkRows(prepared);
  const { study, plan, folder, manifest } = prepared;
  const finished = await finishedUses(prepared);
  // Films that could not be read are known once the features are there; before, no cell can be done.
  if (manifest.studies[study.name] !== undefined) {
    for (const key of await finishedUses(await reopenStudy(request.study, reporter))) finished.add(key);
  }
  const tasks = new Map<string, number>();
  let queued = 0;
  const uses = plan.uses.map(({ place, seed, cell }): Use => {
    const use = { place: { ...place }, seed, label: cellLabel(place, study.axes) };
    const key = useKey(place, seed);
    if (finished.has(key)) return use;
    if (live.uses.has(key)) {
      queued++;
      return use;
    }
    const task = tasks.get(cell.training.id) ?? tasks.size;
    tasks.set(cell.training.id, task);
    return { ...use, task };
  });
  const before = await submissionsOf(folder.dir, study.name);
  const last = before.length === 0 ? 0 : Number(before.at(-1)!.dir.slice(-3));
  const dir = resolve(submissionsPath(folder.dir, study.name, String(last + 1).padStart(3, "0")));
  const { program, directory, resources } = request;
  const facts: ScriptFacts = {
    ...{ study: study.name, folder: dir, out: resolve(folder.dir), directory, program, tasks: tasks.size, resources },
  };
  const [features, cells, tables] = jobKinds.map((kind) => batchScript(kind, facts)) as [string, string, string];
  return {
    study: study.name,
    dir,
    uses,
    tasks: tasks.size,
    done: finished.size,
    queued,
    scripts: { features, cells, tables },
  };
}

/** What would be submitted if nothing were in the queue; nothing is written or asked. */
export function previewSubmission(request: SubmitRequest, reporter: Reporter): Promise<PlannedSubmission> {
  return planSubmission(request, noLiveJobs, reporter);
}

/**
 * Writes the scripts and submits them: features, an array with a task for each open training, the tables. Cells that are
 * done or in the queue are left alone.
 * @returns the submission; its jobs are absent when there was nothing to do
 * @throws UsageError without Slurm; DataError in Slurm's own words when it refuses. Jobs that it accepted before stay in
 * its queue and are known
 */
export async function submitStudy(
  request: SubmitRequest,
  reporter: Reporter,
): Promise<PlannedSubmission & { readonly jobs?: SubmittedJobs }> {
  const { study, engine, metricModels } = request;
  const { name } = readStudy(study.text, study.file, study.options);
  await using _ = await lock(submissionsPath(study.out, name, "submit.lock"), "The submissions of the study");
  const key = submissionKey(study);
  const queue = await askQueue();
  const live = await liveJobs(study.out, name, key, queue);
  const planned = await planSubmission(request, live, reporter);
  if (planned.tasks === 0) return planned;
  const { dir, uses, scripts } = planned;
  // Slurm makes no folder for a log.
  await writeFileAtomic(join(dir, "logs", ".keep"), "");
  for (const kind of jobKinds) await writeFileAtomic(join(dir, `${kind}.sbatch`), scripts[kind]);
  const over = await startsThatAreOver(study.out, queue);
  const file = { study: name, key, request: study, engine, metricModels: { ...metricModels }, over, uses: [...uses] };
  const submission = await Submission.create(dir, file);
  let jobs: SubmittedJobs = {};
  const accepted = async (more: SubmittedJobs) => {
    jobs = { ...jobs, ...more };
    await submission.saveJobs(jobs);
  };
  // Two jobs that write one features file would be in each other's way.
  const first = live.features.length === 0 ? [] : [`--dependency=afterany:${live.features.join(":")}`];
  await accepted({ features: await submitScript(submission.scriptPath("features"), first) });
  const afterFeatures = [`--dependency=afterok:${jobs.features}`, "--kill-on-invalid-dep=yes"];
  await accepted({ cells: await submitScript(submission.scriptPath("cells"), afterFeatures) });
  const all = [jobs.cells!, ...live.arrays].join(":");
  await accepted({ tables: await submitScript(submission.scriptPath("tables"), [`--dependency=afterany:${all}`]) });
  return { ...planned, jobs };
}
