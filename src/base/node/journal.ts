/** Finished pieces of a long job, kept until its result is written, so that a killed job continues where it stopped. */
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { DataError } from "../errors.ts";
import { parseJsonObject } from "../json.ts";
import { AppendFile } from "./append-file.ts";
import { fileErrorCode, writeFileAtomic } from "./files.ts";

/** More bytes than any line of a journal has. */
const mostLineBytes = 2 ** 28;

/** Whole lines of a file, and behind them what has no end: a last line that a kill has cut, or a file that is no text. */
async function* linesOf(path: string): AsyncGenerator<{ readonly bytes: Buffer; readonly isWhole: boolean }> {
  let rest: Buffer[] = [];
  let length = 0;
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = piece.indexOf(0x0a); end >= 0; end = piece.indexOf(0x0a, from)) {
      yield { bytes: Buffer.concat([...rest, piece.subarray(from, end)]), isWhole: true };
      [rest, length, from] = [[], 0, end + 1];
    }
    rest.push(piece.subarray(from));
    length += piece.length - from;
    if (length > mostLineBytes) break;
  }
  if (length > 0) yield { bytes: Buffer.concat(rest), isWhole: false };
}

/** The subject of a journal, and the bytes that it takes with its whole pieces. @param take gets the pieces of this subject */
async function readJournal(path: string, subject: string, take: (piece: unknown) => void) {
  const found = { subject: undefined as unknown, length: 0 };
  try {
    for await (const { bytes, isWhole } of linesOf(path)) {
      const line = isWhole ? parseJsonObject(bytes.toString("utf8")) : undefined;
      if (found.length === 0) {
        if (typeof line?.subject !== "string") throw notAJournal(path);
        found.subject = line.subject;
      } else if (line?.piece === undefined) break;
      else if (found.subject === subject) take(line.piece);
      found.length += bytes.length + 1;
    }
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === "ENOENT") return found;
    if (code === undefined) throw error;
    const parts = { where: path, found: code, remedy: "Choose a file that can be read and written." };
    throw new DataError("The journal cannot be read.", parts, { cause: error });
  }
  return found;
}

/** Whatever it is, it is somebody's: a journal in its place would destroy it. */
function notAJournal(path: string): DataError {
  return new DataError("The file is no journal.", {
    where: path,
    expected: "the journal of an earlier run, or no file",
    found: "another file",
    remedy: "Choose a name that is free.",
  });
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
   * @param take gets each piece where they are too many to stand in `pieces`
   * @throws DataError for a file that is no journal, or cannot be read or written
   */
  static async open(path: string, subject: string, take?: (piece: unknown) => void): Promise<Journal> {
    const pieces: unknown[] = [];
    const before = await readJournal(path, subject, take ?? ((piece) => void pieces.push(piece)));
    const continues = before.subject === subject;
    if (!continues) await writeFileAtomic(path, `${JSON.stringify({ subject })}\n`);
    const file = await AppendFile.openAlone(path, continues ? before.length : undefined);
    return new Journal(path, file, pieces);
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
