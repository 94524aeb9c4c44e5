/** A folder that gets all of its new files at the end or none: they are written beside it, and moved when they are complete. */
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { DataError } from "../../base/errors.ts";
import { fileErrorCode } from "../../base/node/files.ts";
import { lock } from "../../base/node/lock.ts";
import type { TextPiece } from "../formats/index.ts";

/** Characters that are collected before they are written. */
const writtenAtOnce = 2 ** 20;
/** Files that are flushed to the disk before they take their places; a flush for each of 100,000 small files takes minutes. */
const mostFlushed = 64;

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** Turns an error of the file system into one for people. */
async function writing<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === undefined) throw error;
    throw new DataError(
      "The files could not be written.",
      { where: folder, found: code, remedy: "Choose a folder that can be written and has room." },
      { cause: error },
    );
  }
}

export class OutputFolder implements AsyncDisposable {
  readonly #folder: string;
  readonly #staging: string;
  readonly #lock: AsyncDisposable;
  #file: FileHandle | undefined;
  #path = "";
  #text: string[] = [];
  #length = 0;
  #files = 0;
  #lastFolder = "";

  private constructor(folder: string, staging: string, held: AsyncDisposable) {
    this.#folder = folder;
    this.#staging = staging;
    this.#lock = held;
  }

  /**
   * Claims the folder, and removes what a killed process left of an output that never became complete.
   * @throws UsageError when another process writes to it; DataError when it cannot be written
   */
  static async open(path: string): Promise<OutputFolder> {
    const folder = resolve(path);
    // Beside a folder that is not there yet, so that one move brings all of it; within one that is, for its neighbours may
    // not be ours.
    const staging = (await isFolder(folder)) ? join(folder, ".converting") : `${folder}.converting`;
    const held = await lock(`${staging}.lock`, "The output folder");
    await writing(folder, () => rm(staging, { recursive: true, force: true }));
    return new OutputFolder(folder, staging, held);
  }

  /** Files so far. */
  get files(): number {
    return this.#files;
  }

  /** Writes beside the folder. @throws what the signal says when it is aborted */
  async write(pieces: Iterable<TextPiece>, signal?: AbortSignal): Promise<void> {
    await writing(this.#folder, async () => {
      for (const [path, text, whole] of pieces) {
        if (path !== this.#path || whole !== undefined) {
          await this.#close();
          signal?.throwIfAborted();
          await this.#open(path);
        }
        this.#text.push(text);
        this.#length += text.length;
        if (this.#length < writtenAtOnce) continue;
        await this.#flush();
        signal?.throwIfAborted();
      }
      await this.#close();
    });
  }

  /** Moves everything to its place: in one step where the folder is new, else file by file. */
  async publish(): Promise<void> {
    if (this.#files === 0) return;
    await writing(this.#folder, async () => {
      if (!(await isFolder(this.#folder))) return rename(this.#staging, this.#folder);
      for (const entry of await readdir(this.#staging, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const from = join(entry.parentPath, entry.name);
        const to = join(this.#folder, relative(this.#staging, from));
        await mkdir(dirname(to), { recursive: true });
        await rename(from, to);
      }
    });
  }

  async #open(path: string): Promise<void> {
    const target = join(this.#staging, path);
    if (dirname(target) !== this.#lastFolder) {
      this.#lastFolder = dirname(target);
      await mkdir(this.#lastFolder, { recursive: true });
    }
    this.#path = path;
    try {
      this.#file = await open(target, "wx");
      this.#files++;
    } catch (error) {
      if (fileErrorCode(error) !== "EEXIST") throw error;
      this.#file = await open(target, "w");
    }
  }

  async #flush(): Promise<void> {
    const text = this.#text.join("");
    [this.#text, this.#length] = [[], 0];
    await this.#file!.writeFile(Buffer.from(text, "utf8"));
  }

  async #close(): Promise<void> {
    if (this.#file === undefined) return;
    await this.#flush();
    if (this.#files <= mostFlushed) await this.#file.sync();
    await this.#file.close();
    this.#file = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close();
    await rm(this.#staging, { recursive: true, force: true });
    await this.#lock[Symbol.asyncDispose]();
  }
}
