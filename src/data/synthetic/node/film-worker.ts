/** Entry of a worker thread: draws and writes the films of the studies it is told. */
import { workerData } from "node:worker_threads";
import { answerJobs } from "../../../base/node/answer-jobs.ts";
import { composer } from "../compose.ts";
import { writeFilms } from "./write-films.ts";

/** What every job of a thread has in common. */
export interface FilmSettings {
  readonly out: string;
  readonly seed: number;
  readonly studies: number;
  readonly size: number;
}

const { out, seed, studies, size } = workerData as FilmSettings;
const compose = composer(seed, studies);

answerJobs((serial: number) => writeFilms(compose(serial), out, size));
