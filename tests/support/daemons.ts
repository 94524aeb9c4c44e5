/** Programs of the system that a test starts and ends. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";

const places = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];

export function findProgram(program: string): string | undefined {
  return places.map((place) => join(place, program)).find((path) => existsSync(path));
}

/** The programs that are not here. */
export function missingPrograms(...programs: readonly string[]): string[] {
  return programs.filter((program) => findProgram(program) === undefined);
}

/** Tries until it is so. @throws Error with what `otherwise` says when it never is */
export async function until(isSo: () => Promise<boolean>, otherwise: () => Promise<string>, seconds = 40) {
  const end = performance.now() + seconds * 1000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(await otherwise());
    await setTimeout(100);
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((done) => child.once("exit", done));
  child.kill(signal);
  const waited = await Promise.race([exit.then(() => true), setTimeout(10_000, false)]);
  if (!waited) child.kill("SIGKILL");
}

/** Daemons of one environment, the last started ended first. */
export class Daemons {
  readonly #env: NodeJS.ProcessEnv;
  readonly #children = new Map<string, ChildProcess>();

  constructor(env: Readonly<Record<string, string>>) {
    this.#env = { ...process.env, ...env };
  }

  start(name: string, program: string, ...argv: readonly string[]): void {
    this.#children.set(name, spawn(findProgram(program)!, argv, { stdio: "ignore", env: this.#env }));
  }

  async end(name: string, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    await end(this.#children.get(name)!, signal);
    this.#children.delete(name);
  }

  async endAll(): Promise<void> {
    for (const name of [...this.#children.keys()].reverse()) await this.end(name);
  }

  /** Runs a program to its end; gives what it printed. */
  async tell(program: string, ...argv: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(findProgram(program)!, argv, { env: this.#env, timeout: 20_000 });
    return stdout;
  }
}
