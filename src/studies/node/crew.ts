/** Several trainings at a time, each in a process of its own: an engine holds its thread while it computes. */
import { type ChildProcess, fork } from "node:child_process";
import { createRequire } from "node:module";
import { DataError, InterruptedError, ModelError, UsageError } from "../../base/errors.ts";
import type { Reporter } from "../../base/reporter.ts";
import type { RuntimeOptions } from "../../runtime/node/index.ts";
import type { StudyRequest } from "./prepare.ts";
import type { Crew, Work } from "./run-study.ts";
import type { FromWorker, ToWorker } from "./study-messages.ts";

/** The compiled worker, also when the caller itself runs from source. */
const workerFile = createRequire(import.meta.url).resolve("#workers/studies/node/study-worker");

const classes = { UsageError, DataError, ModelError };

function errorOf(message: Extract<FromWorker, { kind: "interrupted" | "refused" | "bug" }>): Error {
  if (message.kind === "bug") return new Error(`A worker of the study failed:\n${message.stack}`);
  if (message.kind === "refused") return new classes[message.type](message.what, message.parts);
  return new InterruptedError("The study was interrupted; what is finished is saved.", {
    where: "its trainings",
    remedy: "Run the same command again: it continues where it stopped.",
  });
}

/** One process and the answer it owes. */
class StudyWorker {
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;

  constructor(log: Reporter["log"]) {
    this.#child = fork(workerFile, [], { stdio: ["ignore", "ignore", "inherit", "ipc"], execArgv: [] });
    this.#child.on("message", (message: FromWorker) => {
      if (message.kind === "log") log[message.level](message.message);
    });
    this.#ended = new Promise<never>((_, reject) => {
      this.#child.once("error", reject);
      this.#child.once("exit", (code, signal) => {
        const found = signal === null ? `exit code ${code}` : signal;
        const remedy = "It may have run out of memory: try fewer --jobs. Run the same command again to continue.";
        reject(new DataError("A process of the study ended early.", { where: "a training", found, remedy }));
      });
    });
    this.#ended.catch(() => {});
  }

  tell(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message);
  }

  /** @throws what the process says went wrong */
  async ask(message: ToWorker): Promise<void> {
    const answer = new Promise<void>((resolve, reject) => {
      const listen = (said: FromWorker) => {
        if (said.kind === "log") return;
        this.#child.off("message", listen);
        if (said.kind === "ready" || said.kind === "done") resolve();
        else reject(errorOf(said));
      };
      this.#child.on("message", listen);
    });
    this.tell(message);
    await Promise.race([answer, this.#ended]);
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.disconnect();
    await exit;
  }
}

/**
 * @param jobs processes
 * @param engine of each process
 */
export function inProcesses(jobs: number, request: StudyRequest, engine: RuntimeOptions, reporter: Reporter): Crew {
  return async (work, _, onDone) => {
    const queue: Work[] = [...work];
    const progress = reporter.progress("trainings", work.length);
    const workers = Array.from({ length: Math.min(jobs, work.length) }, () => new StudyWorker(reporter.log));
    const stop = () => {
      queue.length = 0;
      for (const worker of workers) worker.tell({ kind: "stop" });
    };
    reporter.signal.addEventListener("abort", stop);
    // One at a time: the manifest is one file.
    let saving = Promise.resolve();
    const serve = async (worker: StudyWorker) => {
      await worker.ask({ kind: "start", request, engine });
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const done = next;
        await worker.ask({ kind: "work", training: done.training.id });
        saving = saving.then(() => onDone(done));
        await saving;
        progress.advance(1, done.training.folder);
      }
    };
    try {
      const outcomes = await Promise.allSettled(
        workers.map((worker) =>
          serve(worker).catch((error: unknown) => {
            stop();
            throw error;
          }),
        ),
      );
      const failures = outcomes.flatMap((outcome) =>
        outcome.status === "rejected" ? [outcome.reason as unknown] : [],
      );
      const real = failures.find((error) => !(error instanceof InterruptedError));
      if (failures.length > 0) throw real ?? failures[0];
      if (reporter.signal.aborted) throw errorOf({ kind: "interrupted" });
    } finally {
      reporter.signal.removeEventListener("abort", stop);
      await Promise.all(workers.map((worker) => worker.end()));
      progress.done();
    }
  };
}
