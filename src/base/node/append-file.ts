/** A file that grows at its end, such as a log, and can be cut back to where it was at an earlier moment. */
import { existsSync } from "node:fs";
import { copyFile, type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { temporaryName, writing } from "./files.ts";

export class AppendFile implements AsyncDisposable {
  readonly #path: string;
  readonly #file: FileHandle;
  #length: number;

  private constructor(path: string, file: FileHandle, length: number) {
    this.#path = path;
    this.#file = file;
    this.#length = length;
  }

  /**
   * Opens or makes a file and cuts off what lies beyond `keep` bytes.
   * @throws DataError when it cannot be written
   */
  static async open(path: string, keep = Number.POSITIVE_INFINITY): Promise<AppendFile> {
    return writing(path, async () => {
      await mkdir(dirname(path), { recursive: true });
      const file = await open(path, "a");
      const { size } = await file.stat();
      const length = Math.min(size, keep);
      if (length < size) await file.truncate(length);
      return new AppendFile(path, file, length);
    });
  }

  /**
   * Opens it as the only one that writes: a copy takes its place, so that whoever else has it open still, such as a
   * process on a machine that was given up, writes into nothing.
   * @throws DataError when it cannot be written
   */
  static async openAlone(path: string, keep = Number.POSITIVE_INFINITY): Promise<AppendFile> {
    if (!existsSync(path)) return AppendFile.open(path);
    const copy = temporaryName(path);
    try {
      await writing(path, () => copyFile(path, copy));
      await using file = await AppendFile.open(copy, keep);
      await file.sync();
    } catch (error) {
      await rm(copy, { force: true });
      throw error;
    }
    await writing(path, () => rename(copy, path));
    return AppendFile.open(path);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** @throws DataError when the disk is full or gone */
  async append(content: string | Uint8Array): Promise<void> {
    const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
    await writing(this.#path, () => this.#file.appendFile(bytes));
    this.#length += bytes.length;
  }

  /** Waits until everything is on the disk, so that a later state may count on it. */
  async sync(): Promise<void> {
    await writing(this.#path, () => this.#file.sync());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}
