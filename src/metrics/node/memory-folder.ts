/** Readings of texts in a folder, a file a metric: a scoring that is stopped goes on, and one that is repeated is short. */
import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { Journal } from "../../base/node/journal.ts";
import type { Memory } from "../memory.ts";

const pieceSchema = z.array(z.tuple([z.string(), z.unknown()]));

/** Texts are long and need not stand in the file. */
function keyOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 24);
}

class JournalMemory implements Memory, AsyncDisposable {
  readonly #journal: Journal;
  readonly #readings: Map<string, unknown>;

  private constructor(journal: Journal, readings: Map<string, unknown>) {
    this.#journal = journal;
    this.#readings = readings;
  }

  static async open(path: string, subject: string): Promise<JournalMemory> {
    const readings = new Map<string, unknown>();
    const journal = await Journal.open(path, subject, (piece) => {
      for (const [key, reading] of pieceSchema.safeParse(piece).data ?? []) readings.set(key, reading);
    });
    return new JournalMemory(journal, readings);
  }

  get(text: string): unknown {
    return this.#readings.get(keyOf(text));
  }

  async add(readings: readonly (readonly [string, unknown])[]): Promise<void> {
    const piece = readings.map(([text, reading]) => [keyOf(text), reading] as const);
    for (const [key, reading] of piece) this.#readings.set(key, reading);
    await this.#journal.append(piece);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#journal[Symbol.asyncDispose]();
  }
}

/** Only one process may have a folder open. */
export class MemoryFolder implements AsyncDisposable {
  readonly #dir: string;
  readonly #open = new Map<string, Promise<JournalMemory>>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  /**
   * The readings of a metric's model. Those of another model are forgotten.
   * @param places files and folders that the model is read from; one that changed since is another model
   * @param settings whatever else decides what the model says
   * @throws DataError when the folder cannot be written, or holds a file of another kind under this name
   */
  async open(metric: string, places: readonly string[], settings: string): Promise<Memory> {
    const known = this.#open.get(metric);
    if (known !== undefined) return known;
    const versions = await Promise.all(places.map(versionOf));
    const opened = JournalMemory.open(
      join(this.#dir, `${metric}.jsonl`),
      JSON.stringify([metric, settings, ...versions]),
    );
    this.#open.set(metric, opened);
    return opened;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const opened of this.#open.values()) {
      // Of what could not be opened, whoever asked for it knows.
      const memory = await opened.catch(() => undefined);
      await memory?.[Symbol.asyncDispose]();
    }
    this.#open.clear();
  }
}

/** Sizes and times of a file, or of the files in a folder. What is wrong with a place, whoever reads the model says. */
async function versionOf(place: string): Promise<string> {
  const entries = await readdir(place, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return stampOf(place);
  const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  return (await Promise.all(names.sort().map((name) => stampOf(join(place, name))))).join("\n");
}

async function stampOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return `${resolve(path)} ${found === undefined ? "not read" : `${found.size} ${found.mtimeMs}`}`;
}
