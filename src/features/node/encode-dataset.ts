/** Encodes every distinct film and mask of a data set once. */
import { availableParallelism } from "node:os";
import { DataError } from "../../base/errors.ts";
import type { Reporter } from "../../base/reporter.ts";
import type { Row } from "../../data/index.ts";
import { fractionOutsideView, type GreyImage, type UnitBox } from "../../images/index.ts";
import type { Encoder } from "../encoder.ts";
import type { Features, ReadFilm } from "../features.ts";
import type { PreprocessJob } from "./preprocess.ts";
import { preprocessPool } from "./preprocess-pool.ts";

/** A film that has no vector, and why. */
export interface UnreadFilm {
  readonly imageId: string;
  readonly reason: string;
}

export interface EncodeOutcome {
  readonly features: Features;
  readonly encodedFilms: number;
  readonly encodedMasks: number;
  /** Films and masks whose vectors were there already. */
  readonly reusedFilms: number;
  readonly unread: readonly UnreadFilm[];
  /** Boxes of which the encoder's view cuts off some part. */
  readonly cutBoxes: number;
  /** Boxes that lie outside the encoder's view altogether. */
  readonly lostBoxes: number;
  readonly interrupted: boolean;
}

interface FilmJob extends PreprocessJob {
  readonly imageId: string;
}

function jobsOf(rows: readonly Row[]): { readonly jobs: FilmJob[]; readonly missing: UnreadFilm[] } {
  const films = new Map<string, Row[]>();
  for (const row of rows) films.set(row.imageId, [...(films.get(row.imageId) ?? []), row]);
  const jobs: FilmJob[] = [];
  const missing: UnreadFilm[] = [];
  for (const [imageId, filmRows] of films) {
    const source = filmRows[0]!.imagePath;
    if (source === undefined) missing.push({ imageId, reason: "no such file in the data set's folder" });
    // Every film also gets the mask without boxes: controls and negative sentences use it.
    else jobs.push({ imageId, source, boxLists: [[], ...filmRows.map((row) => row.boxes)] });
  }
  return { jobs, missing };
}

interface WaitingSquare {
  readonly image: GreyImage;
  readonly keep: (vector: Float32Array) => void;
  /** What was to happen once this square and all before it have their vectors. */
  readonly after: (() => void)[];
}

/** Squares waiting for a full batch, and where their vectors go. */
class BatchedEncoder {
  readonly #encoder: Encoder;
  #waiting: WaitingSquare[] = [];

  constructor(encoder: Encoder) {
    this.#encoder = encoder;
  }

  async add(image: GreyImage, keep: (vector: Float32Array) => void): Promise<void> {
    this.#waiting.push({ image, keep, after: [] });
    if (this.#waiting.length === this.#encoder.batchSize) await this.flush();
  }

  /** Does something once all squares added so far have their vectors. */
  after(done: () => void): void {
    const last = this.#waiting.at(-1);
    if (last === undefined) done();
    else last.after.push(done);
  }

  async flush(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    if (batch.length === 0) return;
    const vectors = await this.#encoder.encode(batch.map(({ image }) => image));
    for (const [i, { keep, after }] of batch.entries()) {
      keep(vectors[i]!);
      for (const done of after) done();
    }
  }
}

function countBoxes(boxLists: readonly (readonly UnitBox[])[], film: ReadFilm, { encoder }: Features) {
  const hidden = boxLists.flat().map((box) => fractionOutsideView(box, film, encoder.view));
  return { cut: hidden.filter((share) => share > 0).length, lost: hidden.filter((share) => share === 1).length };
}

/** Films that each thread reads before they are encoded: enough that waiting for the slowest thread costs little. */
const filmsAtOnce = 12;

/** Keeps the films that are encoded so far, so that a kill costs little. */
export interface Saving {
  /** Films between two savings. */
  readonly everyFilms: number;
  save(features: Features): Promise<void>;
}

/**
 * Films are read, normalised and fitted in worker threads, some at a time, and then encoded: an engine on the processor uses
 * all cores itself, and threads that read beside it slow both. Results are consumed in the order of the rows, and what is
 * saved or handed back after an interruption are whole batches, so the batches, and with them the bits of the vectors, are
 * the same however often the work was stopped and continued.
 * @param before vectors that need not be computed again; must be of the same encoder and view
 * @returns the old and new vectors; films that could not be read are listed, never dropped silently
 */
export async function encodeDataset(
  rows: readonly Row[],
  encoder: Encoder,
  before: Features,
  reporter: Reporter,
  saving: Saving = { everyFilms: Number.POSITIVE_INFINITY, save: async () => {} },
): Promise<EncodeOutcome> {
  const { jobs, missing } = jobsOf(rows);
  const films = new Map(before.films);
  const imageVectors = new Map(before.imageVectors);
  const maskVectors = new Map(before.maskVectors);
  const unread = [...missing];
  const pendingKeys = new Set([...imageVectors.keys(), ...maskVectors.keys()]);
  const batches = new BatchedEncoder(encoder);
  const progress = reporter.progress("encode films", jobs.length);
  const threads = Math.min(availableParallelism(), Math.max(1, jobs.length));
  await using pool = preprocessPool(threads, {
    view: before.encoder.view,
    ...(before.filmView && { filmView: before.filmView }),
    knownImages: new Set(imageVectors.keys()),
    knownMasks: new Set(maskVectors.keys()),
  });
  const features: Features = { ...before, films, imageVectors, maskVectors };
  let saved = 0;
  const counts = { films: 0, masks: 0, reused: 0, cut: 0, lost: 0 };
  const read = (job: FilmJob) => pool.run(job).catch((error: unknown) => asUnread(error, job));

  const add = async (kind: "films" | "masks", key: string, image: GreyImage) => {
    if (pendingKeys.has(key)) return;
    pendingKeys.add(key);
    await batches.add(image, (vector) => {
      (kind === "films" ? imageVectors : maskVectors).set(key, vector);
      counts[kind]++;
    });
  };

  let readAhead: Awaited<ReturnType<typeof read>>[] = [];
  for (const [i, job] of jobs.entries()) {
    if (reporter.signal.aborted) break;
    const place = i % (filmsAtOnce * threads);
    if (place === 0) readAhead = await Promise.all(jobs.slice(i, i + filmsAtOnce * threads).map(read));
    const result = readAhead[place]!;
    if ("reason" in result) unread.push(result);
    else {
      const { cut, lost } = countBoxes(job.boxLists, result.film, before);
      counts.cut += cut;
      counts.lost += lost;
      if (result.images.length === 0) counts.reused++;
      for (const [key, image] of result.images) await add("films", key, image);
      for (const [key, mask] of result.masks) await add("masks", key, mask);
      batches.after(() => films.set(job.imageId, result.film));
    }
    progress.advance();
    if ((i + 1) % saving.everyFilms === 0 && counts.films + counts.masks > saved) {
      saved = counts.films + counts.masks;
      await saving.save(features);
    }
  }
  if (!reporter.signal.aborted) await batches.flush();
  progress.done();
  return {
    features,
    encodedFilms: counts.films,
    encodedMasks: counts.masks,
    reusedFilms: counts.reused,
    unread,
    cutBoxes: counts.cut,
    lostBoxes: counts.lost,
    interrupted: reporter.signal.aborted,
  };
}

function asUnread(error: unknown, { imageId }: FilmJob): UnreadFilm {
  if (!(error instanceof DataError)) throw error;
  return { imageId, reason: error.parts.found ?? error.what };
}
