/** Runs the built program in a process of its own, as a user does. */
import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const reporter = new URL("report-peak-memory.mjs", import.meta.url).href;

export interface ProgramRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Peak resident memory of the process with all its threads. */
  readonly peakGigabytes: number;
}

/** `regionformer ...argv`. */
export function runProgram(...argv: string[]): Promise<ProgramRun> {
  return runModule(program, ...argv);
}

/** Any module as a program. @param path of the file */
export async function runModule(path: string, ...argv: string[]): Promise<ProgramRun> {
  const child = spawn(process.execPath, ["--import", reporter, path, ...argv], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const [, ...streams] = child.stdio;
  const [stdout = "", stderr = "", peak] = await Promise.all(streams.map((stream) => text(stream as Readable)));
  return { exitCode: await ended, stdout, stderr, peakGigabytes: (Number(peak) * 1024) / 1e9 };
}
