/**
 * A folder that gets all of its new files at the end or none. They are written beside it, with a journal that says how much of them
 * is on the disk for good: a writer that was killed goes on from there.
 */
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { z } from "zod";
import { breathe } from "../../base/breathe.ts";
import { DataError } from "../../base/errors.ts";
import { AppendFile } from "../../base/node/append-file.ts";
import { syncFolder, writing } from "../../base/node/files.ts";
import { Journal } from "../../base/node/journal.ts";
import { lock } from "../../base/node/lock.ts";
import { KeyTable } from "../compact/key-table.ts";
import { type TextPiece, textOf } from "../formats/index.ts";

/** Characters that are collected before they are written. */
const writtenAtOnce = 2 ** 20;
/** Whole files that are written and flushed at a time: one after the other, 100,000 of them take three times as long. */
const filesAtOnce = 16;
/** After so many characters or whole files the journal notes how far it is. */
const charactersBetweenNotes = 2 ** 22;
const filesBetweenNotes = 256;
const journalName = "journal";
/** Pieces that are there already, between two looks at the signal. */
const skippedAtOnce = 4096;

/** How far an output is: pieces that are on the disk, and the file that the last of them stands in. */
const writtenSchema = z.object({ pieces: z.number(), path: z.string(), bytes: z.number() });
const noteSchema = z.union([
  z.object({ written: writtenSchema }),
  z.object({ state: z.unknown() }),
  z.object({ publishing: z.literal(true) }),
]);

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

export class OutputFolder implements AsyncDisposable {
  readonly #folder: string;
  /** Holds the journal and, in `files`, what will be the folder. */
  readonly #work: string;
  readonly #staging: string;
  readonly #lock: AsyncDisposable;
  #journal: Journal | undefined;
  #isKept = false;
  /** What an earlier process left. */
  #before: z.output<typeof writtenSchema> = { pieces: 0, path: "", bytes: 0 };
  #state: unknown;
  readonly #paths = new KeyTable();
  readonly #folders = new Set<string>();
  /** The file that grows piece by piece. */
  #file: AppendFile | undefined;
  #path = "";
  #text: string[] = [];
  #length = 0;
  /** Whole files on their way. */
  readonly #inFlight = new Map<string, Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  private constructor(folder: string, work: string, held: AsyncDisposable) {
    this.#folder = folder;
    this.#work = work;
    this.#staging = join(work, "files");
    this.#lock = held;
  }

  /**
   * Claims the folder.
   * @throws UsageError when another process writes to it; DataError when it cannot be written
   */
  static async open(path: string): Promise<OutputFolder> {
    const folder = resolve(path);
    // Beside a folder that is not there yet, so that one move brings all of it; within one that is, for its neighbours may
    // not be ours.
    const beside = `${folder}.converting`;
    const isThere = await isFolder(folder);
    const work = isThere ? join(folder, ".converting") : beside;
    const held = await lock(`${work}.lock`, "The output folder");
    if (isThere) await writing(folder, () => removeLeftovers(beside));
    return new OutputFolder(folder, work, held);
  }

  /**
   * Opens the journal, and removes what a killed process left of another output.
   * @param subject names everything that decides the files' bytes
   */
  async begin(subject: string): Promise<void> {
    this.#journal = await Journal.open(join(this.#work, journalName), subject);
    const notes = this.#journal.pieces.flatMap((piece) => noteSchema.safeParse(piece).data ?? []);
    for (const note of notes) {
      if ("written" in note) this.#before = note.written;
      if ("state" in note) this.#state = note.state;
    }
    if (notes.length === 0) await writing(this.#folder, () => rm(this.#staging, { recursive: true, force: true }));
  }

  /** Files so far. */
  get files(): number {
    return this.#paths.size;
  }

  /** Whether an earlier process has written some of it. */
  get isContinued(): boolean {
    return this.#before.pieces > 0;
  }

  /** What was noted last, by this process or an earlier one: plain JSON that nobody has checked yet. */
  get state(): unknown {
    return this.#state;
  }

  /** Keeps something in the journal. @param state plain JSON */
  async note(state: unknown): Promise<void> {
    this.#state = state;
    await this.#journal!.append({ state });
  }

  /** Leaves what is written for the next process. */
  keep(): void {
    this.#isKept = true;
  }

  /**
   * Writes beside the folder what an earlier process has not written.
   * @throws what the signal says when it is aborted
   */
  async write(pieces: Iterable<TextPiece>, signal?: AbortSignal): Promise<void> {
    await writing(this.#folder, async () => {
      try {
        let index = 0;
        let [charactersAt, filesAt] = [0, 0];
        for (const [path, text, whole] of pieces) {
          this.#paths.add(path);
          if (++index <= this.#before.pieces) {
            if (index % skippedAtOnce === 0) await breathe(signal);
            continue;
          }
          const made = textOf(text);
          charactersAt += made.length;
          if (whole === undefined) await this.#append(path, made);
          else {
            await this.#writeWhole(path, made);
            filesAt++;
          }
          const isAborted = signal?.aborted === true;
          if (isAborted || charactersAt >= charactersBetweenNotes || filesAt >= filesBetweenNotes) {
            await this.#noteWritten(index);
            [charactersAt, filesAt] = [0, 0];
          }
          signal?.throwIfAborted();
        }
        if (index > this.#before.pieces) await this.#noteWritten(index);
        await this.#close();
      } finally {
        await Promise.allSettled(this.#inFlight.values());
      }
    });
  }

  /** Moves everything to its place: in one step where the folder is new, else file by file. */
  async publish(): Promise<void> {
    if (this.files === 0) return;
    await writing(this.#folder, async () => {
      for (const folder of this.#folders) await syncFolder(folder);
      await this.#journal!.append({ publishing: true });
      await this.#journal!.sync();
      if (await isFolder(this.#folder)) await this.#moveFiles();
      else await rename(this.#staging, this.#folder);
      await syncFolder(dirname(this.#folder));
    });
  }

  /** An earlier process may have moved some of them. */
  async #moveFiles(): Promise<void> {
    const folders = new Set<string>();
    const entries = (await isFolder(this.#staging))
      ? await readdir(this.#staging, { recursive: true, withFileTypes: true })
      : [];
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const from = join(entry.parentPath, entry.name);
      const to = join(this.#folder, relative(this.#staging, from));
      if (!folders.has(dirname(to))) await mkdir(dirname(to), { recursive: true });
      folders.add(dirname(to));
      await rename(from, to);
    }
    for (const folder of folders) await syncFolder(folder);
  }

  async #makeFolder(target: string): Promise<void> {
    const folder = dirname(target);
    if (this.#folders.has(folder)) return;
    await mkdir(folder, { recursive: true });
    for (let made = folder; made.startsWith(this.#staging); made = dirname(made)) this.#folders.add(made);
  }

  async #append(path: string, text: string): Promise<void> {
    if (path !== this.#path || this.#file === undefined) {
      await this.#close();
      const target = join(this.#staging, path);
      await this.#makeFolder(target);
      const continues = path === this.#before.path;
      const keep = continues ? this.#before.bytes : 0;
      this.#file = await AppendFile.open(target, keep);
      this.#path = path;
      if (this.#file.length < keep) {
        throw new DataError("The half-written output was changed.", {
          where: target,
          expected: `${keep} bytes or more`,
          found: `${this.#file.length}`,
          remedy: "Run the same command again: it starts anew.",
        });
      }
    }
    this.#text.push(text);
    this.#length += text.length;
    if (this.#length >= writtenAtOnce) await this.#flush();
  }

  async #flush(): Promise<void> {
    const text = this.#text.join("");
    [this.#text, this.#length] = [[], 0];
    if (text !== "") await this.#file!.append(text);
  }

  async #close(): Promise<void> {
    if (this.#file === undefined) return;
    await this.#flush();
    await this.#file.sync();
    await this.#file[Symbol.asyncDispose]();
    this.#file = undefined;
  }

  async #writeWhole(path: string, text: string): Promise<void> {
    await this.#close();
    while (this.#inFlight.size >= filesAtOnce || this.#inFlight.has(path)) await Promise.race(this.#inFlight.values());
    if (this.#failure !== undefined) throw this.#failure.error;
    const target = join(this.#staging, path);
    await this.#makeFolder(target);
    const written = writeFlushed(target, text)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#inFlight.delete(path));
    this.#inFlight.set(path, written);
  }

  /** Waits until all pieces so far are on the disk, and then says so in the journal. */
  async #noteWritten(pieces: number): Promise<void> {
    if (this.#file !== undefined) {
      await this.#flush();
      await this.#file.sync();
    }
    await Promise.all(this.#inFlight.values());
    if (this.#failure !== undefined) throw this.#failure.error;
    for (const folder of this.#folders) await syncFolder(folder);
    const grows = this.#file === undefined ? { path: "", bytes: 0 } : { path: this.#path, bytes: this.#file.length };
    await this.#journal!.append({ written: { pieces, ...grows } });
    await this.#journal!.sync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.[Symbol.asyncDispose]();
    await this.#journal?.[Symbol.asyncDispose]();
    if (this.#journal !== undefined && !this.#isKept) await removeLeftovers(this.#work);
    await this.#lock[Symbol.asyncDispose]();
  }
}

async function writeFlushed(path: string, text: string): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.writeFile(Buffer.from(text, "utf8"));
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What an output leaves that never became complete. A folder without a journal is somebody else's. */
async function removeLeftovers(work: string): Promise<void> {
  const journal = await stat(join(work, journalName)).catch(() => undefined);
  if (journal !== undefined) await rm(work, { recursive: true, force: true });
}
