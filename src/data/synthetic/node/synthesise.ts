/** Writes a synthetic data set as a folder in PadChest-GR's release layout. */
import { join } from "node:path";
import { UsageError } from "../../../base/errors.ts";
import { writeFileAtomic } from "../../../base/node/files.ts";
import { encodePng16 } from "../../../images/node/index.ts";
import { composeSet, labelGroups } from "../compose.ts";
import { renderFilm } from "../film.ts";
import { masterTableCsv, releaseFiles, reportsJson } from "../release.ts";
import type { SyntheticStudy } from "../study.ts";
import { claimFolder } from "./claim-folder.ts";

export interface SynthesisOptions {
  /** The folder to write: new, empty, or an earlier synthetic set, which is replaced. */
  readonly out: string;
  /** Number of studies, one film each. */
  readonly studies: number;
  readonly seed: number;
  /** Width and height of the films in pixels. */
  readonly size?: number;
  /** Called after each film with the number of films written so far. */
  readonly onProgress?: (written: number) => void;
}

/** What was written. */
export interface Synthesised {
  readonly studies: number;
  readonly patients: number;
  readonly positiveSentences: number;
  readonly negativeSentences: number;
}

const smallestFilm = 64;
const largestFilm = 4096;

/** Films encoded and written while the next is drawn. */
const filmsInFlight = 4;

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
  checkCount("studies", count, 1, 999_999);
  checkCount("size", size, smallestFilm, largestFilm);
  checkCount("seed", seed, -0x80000000, 0x7fffffff);
  await claimFolder(out, { seed, studies: count, size });
  const studies = composeSet(seed, count);
  await writeFilms(join(out, releaseFiles.images), studies, size, onProgress);
  await writeFileAtomic(join(out, releaseFiles.masterTable), masterTableCsv(studies, labelGroups));
  await writeFileAtomic(join(out, releaseFiles.reports), reportsJson(studies));
  const findings = studies.flatMap(({ study }) => study.findings);
  const positiveSentences = findings.filter(({ abnormal }) => abnormal === true).length;
  return {
    studies: count,
    patients: new Set(studies.map(({ patient }) => patient.id)).size,
    positiveSentences,
    negativeSentences: findings.length - positiveSentences,
  };
}

async function writeFilms(
  folder: string,
  studies: readonly SyntheticStudy[],
  size: number,
  onProgress: SynthesisOptions["onProgress"],
): Promise<void> {
  let next = 0;
  let written = 0;
  const worker = async () => {
    while (next < studies.length) {
      const { study, film } = studies[next++]!;
      const png = await encodePng16({ width: size, height: size }, renderFilm(film, size));
      await writeFileAtomic(join(folder, study.imageId), png);
      onProgress?.(++written);
    }
  };
  const stopOthers = (error: unknown) => {
    next = studies.length;
    throw error;
  };
  await Promise.all(Array.from({ length: filmsInFlight }, () => worker().catch(stopOthers)));
}
