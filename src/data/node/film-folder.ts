/** The films in a folder: where they are, under which names, and how large. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { DataError } from "../../base/errors.ts";
import type { ImageSize, ImageSource } from "../../images/index.ts";
import { readFilmHeader } from "../../images/node/index.ts";
import { stem } from "../formats/annotations.ts";
import type { Films } from "../formats/index.ts";
import { type Problem, problem } from "../problems.ts";
import { indexArchives } from "./archives.ts";
import { indexFiles } from "./file-index.ts";

const imageEndings = [".png", ".jpg", ".jpeg", ".dcm", ".dicom"];

export class FilmFolder implements Films {
  readonly #sources: ReadonlyMap<string, ImageSource>;
  readonly #byStem: ReadonlyMap<string, string>;
  readonly #sizes = new Map<string, ImageSize>();

  private constructor(sources: ReadonlyMap<string, ImageSource>) {
    this.#sources = sources;
    this.#byStem = new Map([...sources.keys()].reverse().map((name) => [stem(name), name]));
  }

  static async open(folder: string, problems: Problem[]): Promise<FilmFolder> {
    const root = (await stat(folder).catch(() => undefined))?.isFile() ? join(folder, "..") : folder;
    const files = await indexFiles(root);
    const isImage = (name: string) => imageEndings.some((ending) => name.toLowerCase().endsWith(ending));
    const sources = new Map<string, ImageSource>();
    for (const [name, paths] of files) if (isImage(name)) sources.set(name, paths[0]!);
    for (const [name, [member]] of await indexArchives(files, problems))
      if (!sources.has(name)) sources.set(name, member!);
    return new FilmFolder(sources);
  }

  resolve(name: string): string {
    const base = name.slice(name.lastIndexOf("/") + 1);
    return this.#sources.has(base) ? base : (this.#byStem.get(stem(base)) ?? this.#byStem.get(base) ?? base);
  }

  sizeOf(imageId: string): ImageSize | undefined {
    return this.#sizes.get(imageId);
  }

  /** Reads the sizes of these films, or of all. Films that cannot be read have none, with a problem. */
  async measure(names: Iterable<string> | undefined, problems: Problem[], signal?: AbortSignal): Promise<void> {
    for (const name of names ?? this.#sources.keys()) {
      signal?.throwIfAborted();
      const source = this.#sources.get(name);
      if (source === undefined || this.#sizes.has(name)) continue;
      try {
        const { width, height } = await readFilmHeader(source);
        this.#sizes.set(name, { width, height });
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        problems.push(problem("broken-image", `image ${name}`, error.what));
      }
    }
  }
}
