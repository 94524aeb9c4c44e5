/** The batch scripts of a study: features, then an array with a task a training, then the tables. */
import { UsageError } from "../../base/errors.ts";

/** What every job asks the cluster for, in sbatch's own words. */
export interface SlurmResources {
  readonly partition?: string | undefined;
  readonly time?: string | undefined;
  readonly mem?: string | undefined;
  readonly cpusPerTask: number;
  /** More options of sbatch, with or without the two dashes. */
  readonly sbatchOptions: readonly string[];
}

export interface ScriptFacts {
  readonly study: string;
  /** Folder of the submission, absolute. */
  readonly folder: string;
  /** Folder of the studies, absolute. */
  readonly out: string;
  /** Where relative paths of the study's settings start. */
  readonly directory: string;
  /** What runs this program: an interpreter and a file. */
  readonly program: readonly string[];
  /** Tasks of the array. */
  readonly tasks: number;
  readonly resources: SlurmResources;
}

export const jobKinds = ["features", "cells", "tables"] as const;
export type JobKind = (typeof jobKinds)[number];

/** A word as the shell reads it. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A value as sbatch reads it in a script; in names of logs % begins a pattern. */
function directiveValue(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** What the jobs of a study are to each other, which is not to be changed for all three. */
const ownOptions = /^--(array|dependency|output)\b/;

/** @throws UsageError for what is no option, more than one line, or ours to say */
function optionLine(option: string): string {
  const text = option.startsWith("--") ? option : `--${option}`;
  if (ownOptions.test(text)) {
    throw new UsageError("An option of sbatch holds for all jobs of a study, and this one cannot.", {
      where: "--sbatch-option",
      found: JSON.stringify(option),
      remedy: "Change the submitted job: scontrol update jobid=JOB ArrayTaskThrottle=4 lets four tasks run at a time.",
    });
  }
  if (/^--[a-z][a-z-]*(=[^\n\r]*)?$/.test(text)) return text;
  throw new UsageError("An option of sbatch is not understood.", {
    where: "--sbatch-option",
    expected: "name=value in sbatch's long form, such as account=lab or gres=gpu:1",
    found: JSON.stringify(option),
  });
}

/** Name of a log; %a is the array task. */
export function logName(kind: JobKind, task = "%a"): string {
  return kind === "cells" ? `cells-${task}.log` : `${kind}.log`;
}

const reasons: Record<JobKind, string> = {
  features: "Embeds all films and masks, so that the tasks only read them.",
  cells: "A training and everything it writes; an interrupted or requeued task continues where it stopped.",
  tables: "Tables of what is finished, whatever happened to the rest.",
};

/** @throws UsageError when a path or option cannot stand in a batch script */
export function batchScript(kind: JobKind, facts: ScriptFacts): string {
  const { study, folder, out, directory, program, tasks, resources } = facts;
  for (const path of [folder, out, directory, ...program]) {
    if (!/[\n\r]/.test(path)) continue;
    throw new UsageError("A path with a line break cannot stand in a batch script.", { where: JSON.stringify(path) });
  }
  const { partition, time, mem, cpusPerTask, sbatchOptions } = resources;
  const options = [
    `--job-name=${directiveValue(`${study}-${kind}`)}`,
    `--output=${directiveValue(`${folder.replaceAll("%", "%%")}/logs/${logName(kind)}`)}`,
    "--open-mode=append",
    "--requeue",
    "--ntasks=1",
    `--cpus-per-task=${cpusPerTask}`,
    ...(kind === "cells" ? [`--array=0-${tasks - 1}`] : []),
    ...(partition === undefined ? [] : [`--partition=${directiveValue(partition)}`]),
    ...(time === undefined ? [] : [`--time=${directiveValue(time)}`]),
    ...(mem === undefined ? [] : [`--mem=${directiveValue(mem)}`]),
    ...sbatchOptions.map(optionLine),
  ];
  const words: Record<JobKind, readonly string[]> = {
    features: ["study", "task", folder, "features"],
    cells: ["study", "task", folder],
    tables: ["study", "collect", out, "--study", study],
  };
  const command = [...program, ...words[kind]].map(shellWord).join(" ");
  return [
    "#!/bin/sh",
    ...options.map((option) => `#SBATCH ${option}`),
    `# ${reasons[kind]}`,
    `cd ${shellWord(directory)} || exit 1`,
    `exec ${command}${kind === "cells" ? ' "$SLURM_ARRAY_TASK_ID"' : ""}`,
    "",
  ].join("\n");
}
