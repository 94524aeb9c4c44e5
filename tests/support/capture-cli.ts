/** Runs a command line in this process and captures what it prints. */
import { Writable } from "node:stream";
import { type Registry, runCli } from "../../src/cli/framework/index.ts";

/** A stream that keeps what is written to it, and may claim to be a terminal. */
export class CapturedStream extends Writable {
  text = "";
  readonly isTTY: boolean;
  readonly columns = 100;

  constructor(isTTY = false) {
    super({ decodeStrings: false });
    this.isTTY = isTTY;
  }

  override _write(chunk: string | Uint8Array, _encoding: string, done: () => void): void {
    this.text += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
    done();
  }
}

export interface CapturedRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `regionformer ...argv` of a registry. */
export async function captureCli(
  registry: Registry,
  argv: readonly string[],
  signal: AbortSignal = new AbortController().signal,
): Promise<CapturedRun> {
  const stdout = new CapturedStream();
  const stderr = new CapturedStream();
  const exitCode = await runCli(argv, { stdout, stderr, signal, now: () => performance.now() }, registry);
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}
