/** A tiny study on a test's cluster: submitted, watched, its files read. */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { startProgram } from "./child-program.ts";
import { until } from "./daemons.ts";
import type { SlurmCluster } from "./slurm-cluster.ts";
import type { TinyStudies } from "./tiny-study.ts";

export interface Submitted {
  readonly dir: string;
  readonly tasks: number;
  readonly done: number;
  readonly queued: number;
  readonly jobs?: Record<"features" | "cells" | "tables", string>;
}

interface Status {
  readonly studies: readonly {
    readonly cells: readonly { cell: string; seed: number; state: string; reason: string }[];
    readonly tables: { state: string; reason: string };
  }[];
}

export class SlurmStudy {
  readonly #slurm: SlurmCluster;
  readonly #tiny: TinyStudies;
  readonly #name: string;
  readonly #options: readonly string[];

  /** @param name of the folder of studies */
  constructor(slurm: SlurmCluster, tiny: TinyStudies, name: string, ...options: readonly string[]) {
    this.#slurm = slurm;
    this.#tiny = tiny;
    this.#name = name;
    this.#options = options;
  }

  /** `regionformer ...argv` on the cluster; gives its document. */
  async call<T>(...argv: string[]): Promise<T> {
    const env = { SLURM_CONF: this.#slurm.configPath };
    const { exitCode, stdout, stderr } = await startProgram([...argv, "--json"], env).ended;
    expect(exitCode, `${stderr}\n${stdout}`).toBe(0);
    return JSON.parse(stdout) as T;
  }

  submit(...more: readonly string[]): Promise<Submitted> {
    const [, study, ...rest] = this.#tiny.study("grounding", this.#name, ...this.#options);
    return this.call("study", "submit", study!, "--engine", "slurm", "--cpus-per-task", "1", ...rest, ...more);
  }

  /** The same study without Slurm, in another folder. */
  async runOrdinary(name: string): Promise<void> {
    await this.call(...this.#tiny.study("grounding", name, ...this.#options, "--jobs", "1"));
  }

  async status(): Promise<Status["studies"][number]> {
    return (await this.call<Status>("study", "status", this.path())).studies[0]!;
  }

  path(...names: readonly string[]): string {
    return join(this.#tiny.street.into(this.#name), ...names);
  }

  read(...names: readonly string[]): Promise<string> {
    return readFile(this.path(...names), "utf8");
  }

  /** What a job of a submission printed. */
  log(submission: string, log: string): Promise<string> {
    return this.read("slurm", "grounding", submission, "logs", log);
  }

  /** The folder of a mode's training, once it is there. */
  async run(mode: string): Promise<string | undefined> {
    const runs = await readdir(this.path("runs")).catch(() => []);
    const run = runs.find((each) => each.startsWith(`${mode}_`));
    return run === undefined ? undefined : this.path("runs", run);
  }

  /** Waits until a mode's training is under way and was saved. */
  async isTraining(mode: string): Promise<string> {
    const isSaved = async () => existsSync(join((await this.run(mode)) ?? "", "state", "latest.safetensors"));
    await this.until(isSaved);
    return (await this.run(mode))!;
  }

  /**
   * Waits for a mode's training and stops its process in the middle, so that it cannot end before the test is there.
   * Slurm's own signals wake it: SIGCONT comes before SIGTERM.
   * @returns its number; all nodes are this machine
   */
  async freeze(mode: string): Promise<number> {
    const run = await this.isTraining(mode);
    const { pid } = JSON.parse(await readFile(join(run, "train.lock"), "utf8")) as { pid: number };
    process.kill(pid, "SIGSTOP");
    return pid;
  }

  async until(isSo: () => Promise<boolean>): Promise<void> {
    await until(isSo, async () => `Slurm does not come there.\n${await this.#slurm.logs()}`, 120);
  }

  async queued(): Promise<string> {
    return (await this.#slurm.tell("squeue", "-h", "-r", "-o", "%F %K %T")).trim();
  }

  async untilAllEnded(): Promise<void> {
    await this.until(async () => (await this.queued()) === "");
  }
}
