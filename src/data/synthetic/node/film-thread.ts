/** A worker thread that draws films. */
import { once } from "node:events";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { DataError } from "../../../base/errors.ts";
import type { FilmAnswer, FilmSettings } from "./film-worker.ts";

/** The compiled worker, also when the caller itself runs from source. */
const workerFile = createRequire(import.meta.url).resolve("#workers/data/synthetic/node/film-worker");

export class FilmThread implements AsyncDisposable {
  readonly #worker: Worker;

  constructor(settings: FilmSettings) {
    this.#worker = new Worker(workerFile, { workerData: settings });
  }

  /**
   * Draws and writes the films of one study; one call at a time.
   * @throws DataError when a file cannot be written
   */
  async draw(serial: number): Promise<void> {
    this.#worker.postMessage(serial);
    const [answer] = (await once(this.#worker, "message")) as [FilmAnswer];
    if ("done" in answer) return;
    if ("refusal" in answer) throw new DataError(answer.refusal.what, answer.refusal.parts);
    throw new Error(answer.bug);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }
}
