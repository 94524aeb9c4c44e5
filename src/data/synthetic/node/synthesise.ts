/** Writes a synthetic data set as a folder in PadChest-GR's release layout. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../../base/errors.ts";
import { writeFileAtomic } from "../../../base/node/files.ts";
import { WorkerPool } from "../../../base/node/worker-pool.ts";
import { composer, composeSet, labelGroups } from "../compose.ts";
import { masterTableCsv, releaseFiles, reportsJson } from "../release.ts";
import { claimFolder } from "./claim-folder.ts";
import type { FilmSettings } from "./film-worker.ts";
import { writeFilms } from "./write-films.ts";

export interface SynthesisOptions {
  /** The folder to write: new, empty, or an earlier synthetic set, which is replaced. */
  readonly out: string;
  /** Number of studies, one film each. */
  readonly studies: number;
  readonly seed: number;
  /** Width and height of the films in pixels. */
  readonly size?: number;
  /** Threads that draw; by default one a core, or one for a small set. The films do not depend on it. */
  readonly threads?: number;
  /** Called after each study with the number of studies written so far. */
  readonly onProgress?: (written: number) => void;
}

/** What was written. */
export interface Synthesised {
  readonly studies: number;
  readonly patients: number;
  readonly priorFilms: number;
  readonly positiveSentences: number;
  readonly negativeSentences: number;
}

const smallestFilm = 64;
const largestFilm = 4096;

/** Below this many pixels in all, starting threads takes longer than it saves. */
const pixelsWorthThreads = 4_000_000;

function checkCount(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new UsageError("The synthetic set cannot have this size.", {
    where: name,
    expected: `a whole number from ${low} to ${high}`,
    found: String(value),
  });
}

/**
 * Writes the set: images, then master table, then reports, so that a folder with reports is complete. The same
 * studies, seed and size give the same pixels, boxes and sentences on every machine.
 * @throws UsageError when a number is out of range or the folder holds anything else; DataError when it cannot be written
 */
export async function synthesise(options: SynthesisOptions): Promise<Synthesised> {
  const { out, studies: count, seed, size = 512, onProgress } = options;
  const threads = options.threads ?? (count * size * size < pixelsWorthThreads ? 1 : availableParallelism());
  checkCount("threads", threads, 1, 256);
  checkCount("studies", count, 1, 999_999);
  checkCount("size", size, smallestFilm, largestFilm);
  checkCount("seed", seed, -0x80000000, 0x7fffffff);
  await claimFolder(out, { seed, studies: count, size });
  const studies = composeSet(seed, count);
  await drawFilms({ out, seed, studies: count, size }, threads, onProgress);
  await writeFileAtomic(join(out, releaseFiles.masterTable), masterTableCsv(studies, labelGroups));
  await writeFileAtomic(join(out, releaseFiles.reports), reportsJson(studies));
  const findings = studies.flatMap(({ study }) => study.findings);
  const positiveSentences = findings.filter(({ abnormal }) => abnormal === true).length;
  return {
    studies: count,
    patients: new Set(studies.map(({ patient }) => patient.id)).size,
    priorFilms: studies.filter(({ prior }) => prior !== undefined).length,
    positiveSentences,
    negativeSentences: findings.length - positiveSentences,
  };
}

/** Writes every study's films; each thread takes the next study as soon as it has done one. */
async function drawFilms(settings: FilmSettings, threads: number, onProgress: SynthesisOptions["onProgress"]) {
  let next = 0;
  let written = 0;
  const work = async (draw: (serial: number) => Promise<void>) => {
    while (next < settings.studies) {
      await draw(next++);
      onProgress?.(++written);
    }
  };
  const stopOthers = (error: unknown) => {
    next = settings.studies;
    throw error;
  };
  if (threads === 1) {
    const compose = composer(settings.seed, settings.studies);
    await work((serial) => writeFilms(compose(serial), settings.out, settings.size));
    return;
  }
  await using pool = new WorkerPool<number, void>("data/synthetic/node/film-worker", threads, settings);
  const workers = Array.from({ length: threads }, () => work((serial) => pool.run(serial)).catch(stopOthers));
  const outcomes = await Promise.allSettled(workers);
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}
