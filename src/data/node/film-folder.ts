/** The films in a folder: where they are, under which names, and how large. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { breathe } from "../../base/breathe.ts";
import { DataError } from "../../base/errors.ts";
import type { ImageSize, ImageSource, ZipMember } from "../../images/index.ts";
import { readFilmHeader } from "../../images/node/index.ts";
import { stem } from "../formats/annotations.ts";
import type { Films } from "../formats/index.ts";
import { type Problem, problem } from "../problems.ts";
import { indexArchives } from "./archives.ts";
import { type FileIndex, indexFiles } from "./file-index.ts";

const imageEndings = [".png", ".jpg", ".jpeg", ".dcm", ".dicom"];

/** Films whose headers are read at a time. */
const headersAtOnce = 8;
/** Films between two looks at the signal. */
const filmsBetweenLooks = 1024;

export class FilmFolder implements Films {
  readonly #files: FileIndex;
  readonly #members: ReadonlyMap<string, readonly ZipMember[]>;
  /** Names of the images, each with a number. */
  readonly #numbers = new Map<string, number>();
  readonly #byStem = new Map<string, string>();
  /** Width and height by number; 0 where nobody has looked. */
  readonly #widths: Uint32Array;
  readonly #heights: Uint32Array;

  private constructor(files: FileIndex, members: ReadonlyMap<string, readonly ZipMember[]>) {
    this.#files = files;
    this.#members = members;
    const isImage = (name: string) => imageEndings.some((ending) => name.toLowerCase().endsWith(ending));
    for (const name of files.names()) if (isImage(name)) this.#numbers.set(name, this.#numbers.size);
    for (const name of members.keys()) if (!this.#numbers.has(name)) this.#numbers.set(name, this.#numbers.size);
    for (const name of this.#numbers.keys()) if (!this.#byStem.has(stem(name))) this.#byStem.set(stem(name), name);
    this.#widths = new Uint32Array(this.#numbers.size);
    this.#heights = new Uint32Array(this.#numbers.size);
  }

  static async open(folder: string, problems: Problem[], signal?: AbortSignal): Promise<FilmFolder> {
    const root = (await stat(folder).catch(() => undefined))?.isFile() ? join(folder, "..") : folder;
    const files = await indexFiles(root, signal);
    return new FilmFolder(files, await indexArchives(files, problems, signal));
  }

  /** Names of all films, in a fixed order. */
  names(): Iterable<string> {
    return this.#numbers.keys();
  }

  resolve(name: string): string {
    const base = name.slice(name.lastIndexOf("/") + 1);
    // Label Studio's exports keep what its server put in front of a name.
    return this.#found(base) ?? this.#found(base.replace(/^[0-9a-f]{8}-(?=.)/, "")) ?? base;
  }

  #found(base: string): string | undefined {
    return this.#numbers.has(base) ? base : (this.#byStem.get(stem(base)) ?? this.#byStem.get(base));
  }

  sizeOf(imageId: string): ImageSize | undefined {
    const number = this.#numbers.get(imageId);
    if (number === undefined || this.#widths[number] === 0) return undefined;
    return { width: this.#widths[number]!, height: this.#heights[number]! };
  }

  /** Reads the sizes of these films, or of all. Films that cannot be read have none, with a problem. */
  async measure(names: Iterable<string> | undefined, problems: Problem[], signal?: AbortSignal): Promise<void> {
    const broken: { readonly number: number; readonly problem: Problem }[] = [];
    const queue = (names ?? this.#numbers.keys())[Symbol.iterator]();
    let looked = 0;
    const worker = async () => {
      for (let next = queue.next(); next.done !== true; next = queue.next()) {
        signal?.throwIfAborted();
        // Films without a file give the loop no rest of their own.
        if (++looked % filmsBetweenLooks === 0) await breathe(signal);
        const name = next.value;
        const number = this.#numbers.get(name);
        if (number === undefined || this.#widths[number] !== 0) continue;
        try {
          const { width, height } = await readFilmHeader(this.#sourceOf(name));
          [this.#widths[number], this.#heights[number]] = [width, height];
        } catch (error) {
          if (!(error instanceof DataError)) throw error;
          broken.push({ number, problem: problem("broken-image", `image ${name}`, error.what) });
        }
      }
    };
    await Promise.all(Array.from({ length: headersAtOnce }, worker));
    for (const found of broken.sort((a, b) => a.number - b.number)) problems.push(found.problem);
  }

  #sourceOf(name: string): ImageSource {
    return this.#files.get(name)?.[0] ?? this.#members.get(name)![0]!;
  }
}
