/** Slurm's own programs. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { DataError, UsageError } from "../../../base/errors.ts";
import { fileErrorCode } from "../../../base/node/files.ts";
import { parseSacct, parseSqueue, type Queue, sacctArguments, squeueArguments } from "../../slurm/queue.ts";

const execute = promisify(execFile);

/** With room for long answers, and lists of an array's tasks that are not cut. */
function run(program: string, argv: readonly string[]): Promise<{ readonly stdout: string }> {
  return execute(program, argv, { maxBuffer: 2 ** 28, env: { ...process.env, SLURM_BITSTR_LEN: "0" } });
}

/** Last lines of what a program complained about. */
function complaint(error: unknown): string {
  const text = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
  return text.trim().split("\n").slice(-3).join(" ") || "no reason given";
}

function missing(program: string, cause: unknown): UsageError {
  return new UsageError(
    `There is no ${program} here.`,
    {
      where: "PATH",
      expected: "Slurm's programs sbatch and squeue",
      remedy: "Submit from a login node of the cluster, or load its module. --dry-run shows the scripts without Slurm.",
    },
    { cause },
  );
}

/** @returns the job's number @throws UsageError without sbatch, DataError with sbatch's own words when it refuses */
export async function submitScript(path: string, options: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run("sbatch", ["--parsable", ...options, path]);
    // A cluster's name follows the number where there are several.
    return stdout.trim().split(";")[0]!;
  } catch (error) {
    if (fileErrorCode(error) === "ENOENT") throw missing("sbatch", error);
    throw new DataError(
      "Slurm refused a job of the study.",
      {
        where: path,
        found: complaint(error),
        remedy: "Change --partition, --time, --mem, --cpus-per-task or --sbatch-option, and submit again.",
      },
      { cause: error },
    );
  }
}

/** This user's jobs. @throws UsageError without squeue, DataError when the cluster does not answer */
export async function askQueue(): Promise<Queue> {
  try {
    return parseSqueue((await run("squeue", squeueArguments)).stdout);
  } catch (error) {
    if (fileErrorCode(error) === "ENOENT") throw missing("squeue", error);
    throw new DataError(
      "Slurm does not say what is in its queue.",
      { where: "squeue", found: complaint(error), remedy: "Try again when the cluster answers." },
      { cause: error },
    );
  }
}

/** The queue, or nothing where Slurm is not here or does not answer. */
export function queueIfThere(): Promise<Queue | undefined> {
  return askQueue().catch(() => undefined);
}

/** What the accounting remembers of jobs; nothing where a cluster keeps no accounts. */
export async function askAccounting(jobs: readonly string[]): Promise<Queue> {
  if (jobs.length === 0) return new Map();
  return run("sacct", sacctArguments(jobs)).then(
    ({ stdout }) => parseSacct(stdout),
    () => new Map(),
  );
}
