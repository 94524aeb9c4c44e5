/** A submission: what was handed to Slurm at one time, in a folder of its own that its jobs read. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { DataError } from "../../../base/errors.ts";
import { fileErrorCode, writeFileAtomic } from "../../../base/node/files.ts";
import { sha256 } from "../../../base/node/hash.ts";
import { readJsonObject } from "../../../base/node/json.ts";
import type { RuntimeOptions } from "../../../runtime/node/index.ts";
import type { JobKind } from "../../slurm/scripts.ts";
import type { TaskRecord } from "../../slurm/status.ts";
import type { StudyRequest } from "../prepare.ts";

const format = "regionformer-slurm-1";

const startSchema = z.object({ pid: z.number(), host: z.string() });

const fileSchema = z.object({
  format: z.literal(format),
  study: z.string(),
  /** Equal in submissions of the same study with the same settings, however many seeds and cells they name. */
  key: z.string(),
  request: z.custom<StudyRequest>((value) => typeof value === "object" && value !== null),
  engine: z.custom<RuntimeOptions>((value) => typeof value === "object" && value !== null),
  /** Options that say where the metrics' models are; the command line's own. */
  metricModels: z.record(z.string(), z.unknown()),
  /** Processes of earlier submissions that were over when this one was made: their locks are free to take. */
  over: z.array(startSchema).default([]),
  /** Every place and seed of the study, with its task of the array; without one where it needed none. */
  uses: z.array(
    z.object({
      place: z.record(z.string(), z.string()),
      seed: z.number(),
      label: z.string(),
      task: z.number().optional(),
    }),
  ),
});

export type SubmissionFile = z.output<typeof fileSchema>;

const jobsSchema = z.object({
  features: z.string().optional(),
  cells: z.string().optional(),
  tables: z.string().optional(),
});

/** Numbers of the jobs that Slurm accepted. */
export type SubmittedJobs = Readonly<z.output<typeof jobsSchema>>;

const recordSchema = startSchema.extend({
  job: z.string(),
  state: z.enum(["running", "done", "failed"]),
  reason: z.string().optional(),
  earlier: z.array(startSchema).default([]),
});

/** What a job of a submission does: a task of the array has a number. */
export type Part = number | "features" | "tables";

export function submissionKey({ options: { seeds: _, only: __, ...options }, ...request }: StudyRequest): string {
  return sha256(JSON.stringify({ ...request, options }));
}

function asText(json: object): string {
  return `${JSON.stringify(json, undefined, 1)}\n`;
}

export class Submission {
  readonly dir: string;
  readonly file: SubmissionFile;

  private constructor(dir: string, file: SubmissionFile) {
    this.dir = dir;
    this.file = file;
  }

  static async create(dir: string, file: Omit<SubmissionFile, "format">): Promise<Submission> {
    const whole = { format, ...file } as const;
    await writeFileAtomic(join(dir, "submission.json"), asText(whole));
    return new Submission(dir, whole);
  }

  /** @throws DataError when the folder is no submission of this program */
  static async open(dir: string): Promise<Submission> {
    const path = join(dir, "submission.json");
    const parsed = fileSchema.safeParse(await readJsonObject(path));
    if (parsed.success) return new Submission(dir, parsed.data);
    throw new DataError("The folder is not a submission of a study.", { where: path, expected: `format ${format}` });
  }

  scriptPath(kind: JobKind): string {
    return join(this.dir, `${kind}.sbatch`);
  }

  async jobs(): Promise<SubmittedJobs> {
    return jobsSchema.parse((await readJsonObject(join(this.dir, "jobs.json"))) ?? {});
  }

  async saveJobs(jobs: SubmittedJobs): Promise<void> {
    await writeFileAtomic(join(this.dir, "jobs.json"), asText(jobs));
  }

  #recordPath(part: Part): string {
    return join(this.dir, "tasks", `${part}.json`);
  }

  async record(part: Part): Promise<TaskRecord | undefined> {
    const parsed = recordSchema.safeParse(await readJsonObject(this.#recordPath(part)));
    return parsed.success ? parsed.data : undefined;
  }

  async records(): Promise<TaskRecord[]> {
    const tasks = new Set(this.file.uses.flatMap(({ task }) => task ?? []));
    const records = await Promise.all((["features", ...tasks, "tables"] as const).map((part) => this.record(part)));
    return records.filter((record) => record !== undefined);
  }

  async saveRecord(part: Part, record: TaskRecord): Promise<void> {
    await writeFileAtomic(this.#recordPath(part), asText(record));
  }
}

/** `slurm/` of a folder of studies. */
export function submissionsPath(out: string, ...names: readonly string[]): string {
  return join(out, "slurm", ...names);
}

async function folders(dir: string): Promise<string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? entry.name : [])).sort();
  } catch (error) {
    if (fileErrorCode(error) === "ENOENT") return [];
    throw error;
  }
}

/** Studies of a folder that were submitted; where the making of the first submission was refused there is a folder all the same. */
export async function submittedStudies(out: string): Promise<string[]> {
  const names = await folders(submissionsPath(out));
  const counts = await Promise.all(names.map(async (name) => (await submissionsOf(out, name)).length));
  return names.filter((_, i) => counts[i]! > 0);
}

/** A study's submissions, the oldest first; folders whose making was interrupted are none. */
export async function submissionsOf(out: string, study: string): Promise<Submission[]> {
  const found: Submission[] = [];
  for (const name of await folders(submissionsPath(out, study))) {
    const dir = submissionsPath(out, study, name);
    if ((await readJsonObject(join(dir, "submission.json"))) !== undefined) found.push(await Submission.open(dir));
  }
  return found;
}
