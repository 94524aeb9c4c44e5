/** What a file of another tool says and a study has no place for: counted by kind, told once a kind, never passed over. */
import { type Problem, problem } from "../problems.ts";

export class NotHeld {
  readonly #counts = new Map<string, number>();

  /** @param kind what it is, in the plural; `name` is the file's own word for it */
  add(kind: string, name?: string, count = 1): void {
    // A name is a word of somebody's labelling scheme; anything longer or stranger is not repeated.
    const shown =
      name === undefined ? "" : /^[\p{L}\p{N}_ .:-]{1,40}$/u.test(name) ? ` "${name}"` : " of a strange name";
    const title = `${kind}${shown}`;
    this.#counts.set(title, (this.#counts.get(title) ?? 0) + count);
  }

  /** Counts the keys of a record beyond the known ones; empty values say nothing. */
  addUnknown(kind: string, record: Readonly<Record<string, unknown>>, known: ReadonlySet<string>): void {
    for (const [name, value] of Object.entries(record)) {
      const isEmpty = value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
      if (!known.has(name) && !isEmpty) this.add(kind, name);
    }
  }

  problems(file: string): Problem[] {
    return [...this.#counts].map(([title, count]) => problem("not-held", file, `Not held: ${count} × ${title}.`));
  }
}
