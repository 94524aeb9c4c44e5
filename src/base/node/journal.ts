/** Finished pieces of a long job, kept until its result is written, so that a killed job continues where it stopped. */
import { readFile, rm } from "node:fs/promises";
import { parseJsonObject } from "../json.ts";
import { AppendFile } from "./append-file.ts";
import { fileErrorCode, writeFileAtomic } from "./files.ts";

/** Whole lines of a file; a last line that a kill has cut is left out. */
async function wholeLines(path: string): Promise<string[]> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (fileErrorCode(error) === "ENOENT") return "";
    throw error;
  });
  return text.split("\n").slice(0, -1);
}

export class Journal implements AsyncDisposable {
  /** What earlier processes finished, in order; JSON that nobody has checked yet. */
  readonly pieces: readonly unknown[];
  readonly #path: string;
  readonly #file: AppendFile;

  private constructor(path: string, file: AppendFile, pieces: readonly unknown[]) {
    this.#path = path;
    this.#file = file;
    this.pieces = pieces;
  }

  /**
   * Opens or begins a journal.
   * @param subject names the job; the pieces of another job are forgotten
   */
  static async open(path: string, subject: string): Promise<Journal> {
    const lines = await wholeLines(path);
    const pieces = lines.map((line) => parseJsonObject(line)?.piece);
    const firstCut = pieces.findIndex((piece, i) => i > 0 && piece === undefined);
    const whole = firstCut === -1 ? lines : lines.slice(0, firstCut);
    const continues = parseJsonObject(whole[0] ?? "")?.subject === subject;
    if (!continues) await writeFileAtomic(path, `${JSON.stringify({ subject })}\n`);
    const kept = continues ? whole : [];
    const length = kept.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
    const file = await AppendFile.openAlone(path, continues ? length : undefined);
    return new Journal(path, file, pieces.slice(1, Math.max(1, kept.length)));
  }

  async append(piece: unknown): Promise<void> {
    await this.#file.append(`${JSON.stringify({ piece })}\n`);
  }

  /** Waits until all pieces are on the disk. */
  async sync(): Promise<void> {
    await this.#file.sync();
  }

  /** Removes the journal: the result is written. */
  async finish(): Promise<void> {
    await rm(this.#path, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }
}
