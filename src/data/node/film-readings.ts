/** Reads the films of a check: in worker threads where there are many, and once where a journal remembers them. */
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { z } from "zod";
import { Journal } from "../../base/node/journal.ts";
import { WorkerPool } from "../../base/node/worker-pool.ts";
import { type ImageSource, sourceName } from "../../images/index.ts";
import { readFilmHeader } from "../../images/node/index.ts";
import type { FilmInspector, FilmReading } from "../check.ts";
import { inspectPixels } from "./inspect-pixels.ts";

export interface ReadingOptions {
  /** How many films there are: few ones are read in this thread. */
  readonly films: number;
  /** `headers` shows sizes and depths quickly, and neither damage nor copies. */
  readonly read: "pixels" | "headers";
  /** File that keeps what is read, so that an interrupted check continues; only with `pixels`. */
  readonly journal?: string;
}

/** Below this many films, starting threads takes longer than it saves. */
const filmsWorthThreads = 32;

/** The journal's subject: another version's readings are forgotten. */
const journalSubject = "films of a data check, prints of version 1";

const pieceSchema = z.object({
  film: z.string(),
  width: z.number(),
  height: z.number(),
  colourModel: z.enum(["grey", "grey-alpha", "rgb", "rgba", "palette", "cmyk"]),
  depth: z.union([z.literal(8), z.literal(16)]),
  contentHash: z.string(),
  /** int8 in base64. */
  relief: z.base64(),
});

type Piece = z.output<typeof pieceSchema>;

/** Name and version of a film: one that was exchanged since, or a part of its archive, is read again. */
async function versionOf(source: ImageSource): Promise<string> {
  const isPath = typeof source === "string";
  const files = await Promise.all((isPath ? [source] : source.parts).map((path) => stat(path)));
  const stamps = files.map(({ size, mtimeMs }) => `${size} ${mtimeMs}`).join(" ");
  if (isPath) return `${source} ${stamps}`;
  const version = createHash("sha256").update(stamps).digest("hex");
  return [sourceName(source), version, source.offset, source.crc32].join(" ");
}

function pieceOf(film: string, { print, ...header }: FilmReading): Piece | undefined {
  if (print === undefined) return undefined;
  const { contentHash, relief } = print;
  return { film, ...header, contentHash, relief: Buffer.from(relief.buffer).toString("base64") };
}

function readingOf({ film: _, contentHash, relief, ...header }: Piece): FilmReading {
  return { ...header, print: { contentHash, relief: Int8Array.from(Buffer.from(relief, "base64")) } };
}

export class FilmReadings implements AsyncDisposable {
  /** Films that an earlier check has read; those that were changed since do not count in the end. */
  readonly remembered: number;
  readonly #inspect: FilmInspector;
  readonly #pool: WorkerPool<ImageSource, FilmReading> | undefined;
  readonly #journal: Journal | undefined;
  readonly #known: Map<string, FilmReading>;
  #failure: unknown;
  /** One line at a time. */
  #written: Promise<void> = Promise.resolve();

  private constructor({ films, read }: ReadingOptions, journal: Journal | undefined, known: Map<string, FilmReading>) {
    this.#journal = journal;
    this.#known = known;
    this.remembered = known.size;
    if (read === "pixels" && films >= filmsWorthThreads) {
      this.#pool = new WorkerPool("data/node/inspect-worker", availableParallelism(), undefined);
    }
    const pool = this.#pool;
    this.#inspect = read === "headers" ? readFilmHeader : pool === undefined ? inspectPixels : (film) => pool.run(film);
  }

  /** @throws DataError when the journal cannot be written */
  static async open(options: ReadingOptions): Promise<FilmReadings> {
    const { journal, read } = options;
    const known = new Map<string, FilmReading>();
    if (journal === undefined || read === "headers") return new FilmReadings(options, undefined, known);
    const take = (piece: unknown) => {
      const earlier = pieceSchema.safeParse(piece).data;
      if (earlier !== undefined) known.set(earlier.film, readingOf(earlier));
    };
    return new FilmReadings(options, await Journal.open(journal, journalSubject, take), known);
  }

  readonly read: FilmInspector = async (source) => {
    if (this.#journal === undefined) return this.#inspect(source);
    const film = await versionOf(source).catch(() => undefined);
    const known = film === undefined ? undefined : this.#known.get(film);
    if (film !== undefined && known !== undefined) {
      // Whoever asked keeps what is needed of it.
      this.#known.delete(film);
      return known;
    }
    const reading = await this.#inspect(source);
    const piece = film === undefined ? undefined : pieceOf(film, reading);
    if (piece !== undefined) await this.#append(piece);
    return reading;
  };

  async #append(piece: Piece): Promise<void> {
    const journal = this.#journal!;
    const written = this.#written.then(() => journal.append(piece));
    this.#written = written.catch(() => {});
    try {
      await written;
    } catch (error) {
      this.#failure ??= error;
      // No DataError: that would be one about the film.
      throw new Error("The journal cannot be written.", { cause: error });
    }
  }

  /** Why the journal could not be written, where that ended the check. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Removes the journal: the check has its result. */
  async finish(): Promise<void> {
    await this.#journal?.finish();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool?.[Symbol.asyncDispose]();
    await this.#written;
    await this.#journal?.[Symbol.asyncDispose]();
  }
}
