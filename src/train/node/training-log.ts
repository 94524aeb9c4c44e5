/** What a training says about itself while it runs: a line a step and a line an epoch, and the same for TensorBoard. */
import { AppendFile } from "../../base/node/append-file.ts";
import { fileHeader, scalars } from "../tensorboard/events.ts";
import type { EpochRecord, StepRecord } from "../training.ts";
import type { Run } from "./run.ts";

/** Lengths of both files in bytes at one moment. */
export interface LogPosition {
  readonly lines: number;
  readonly events: number;
}

export class TrainingLog implements AsyncDisposable {
  readonly #lines: AppendFile;
  readonly #events: AppendFile;
  /** Seconds since 1970; does not go back when the machine's clock does. */
  #wallTime = 0;

  private constructor(lines: AppendFile, events: AppendFile) {
    this.#lines = lines;
    this.#events = events;
  }

  /** @param from what was written after it is forgotten */
  static async open(run: Run, from: LogPosition): Promise<TrainingLog> {
    const log = new TrainingLog(
      await AppendFile.openAlone(run.logPath, from.lines),
      await AppendFile.openAlone(run.eventsPath, from.events),
    );
    if (log.#events.length === 0) await log.#events.append(fileHeader(log.#now()));
    return log;
  }

  async step(record: StepRecord): Promise<void> {
    const { step, loss, learningRate, seconds } = record;
    await this.#lines.append(`${JSON.stringify(record)}\n`);
    const values = { "train/loss": loss, "train/learning rate": learningRate, "train/seconds per step": seconds };
    await this.#events.append(scalars(this.#now(), step, values));
  }

  async epoch(record: EpochRecord): Promise<void> {
    const { step, trainLoss, validationLoss, perplexity } = record;
    await this.#lines.append(`${JSON.stringify(record)}\n`);
    const values = {
      "epoch/training loss": trainLoss,
      "epoch/validation loss": validationLoss,
      "epoch/perplexity": perplexity,
    };
    await this.#events.append(scalars(this.#now(), step, values));
  }

  /** Everything written so far is on the disk; gives the place to come back to. */
  async sync(): Promise<LogPosition> {
    await Promise.all([this.#lines.sync(), this.#events.sync()]);
    return { lines: this.#lines.length, events: this.#events.length };
  }

  #now(): number {
    this.#wallTime = Math.max(this.#wallTime, Date.now() / 1000);
    return this.#wallTime;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lines[Symbol.asyncDispose]();
    await this.#events[Symbol.asyncDispose]();
  }
}
