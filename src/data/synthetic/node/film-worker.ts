/** Entry of a worker thread: draws and writes the studies it is told, and answers when each is done. */
import { parentPort, workerData } from "node:worker_threads";
import { DataError, type ErrorParts } from "../../../base/errors.ts";
import { composer } from "../compose.ts";
import { writeFilms } from "./write-films.ts";

/** What every job of a thread has in common. */
export interface FilmSettings {
  readonly out: string;
  readonly seed: number;
  readonly studies: number;
  readonly size: number;
}

/** Errors do not survive the way between threads; their parts do. */
export type FilmAnswer =
  | { readonly done: number }
  | { readonly refusal: { readonly what: string; readonly parts: ErrorParts } }
  | { readonly bug: string };

const { out, seed, studies, size } = workerData as FilmSettings;
const compose = composer(seed, studies);

async function answer(serial: number): Promise<FilmAnswer> {
  try {
    await writeFilms(compose(serial), out, size);
    return { done: serial };
  } catch (error) {
    if (error instanceof DataError) return { refusal: { what: error.what, parts: error.parts } };
    return { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

parentPort?.on("message", (serial: number) => {
  void answer(serial).then((message) => parentPort?.postMessage(message));
});
