/** JSON values by a name, as bytes: what a file says of one thing in several places, without an object for each. */
import { grown, Records } from "./records.ts";

export class Groups {
  readonly #records = new Records();
  /** First value of each group; groups are in the order of their first member. */
  readonly #numbers = new Map<string, number>();
  #first = new Uint32Array(1024);
  #last = new Uint32Array(1024);
  /** The value that follows in the same group. */
  #next = new Uint32Array(1024);

  has(key: string): boolean {
    return this.#numbers.has(key);
  }

  /** @param value plain JSON */
  add(key: string, value: unknown): void {
    const index = this.#records.add(value);
    if (index === this.#next.length) this.#next = grown(this.#next);
    const number = this.#numbers.get(key);
    if (number !== undefined) {
      this.#next[this.#last[number]!] = index;
      this.#last[number] = index;
      return;
    }
    const size = this.#numbers.size;
    if (size === this.#first.length) [this.#first, this.#last] = [grown(this.#first), grown(this.#last)];
    this.#first[size] = index;
    this.#last[size] = index;
    this.#numbers.set(key, size);
  }

  /** The first value of a group. */
  first(key: string): unknown {
    const number = this.#numbers.get(key);
    return number === undefined ? undefined : this.#records.at(this.#first[number]!);
  }

  /** The values of a group, in the order in which they came; none of a group that is not there. */
  valuesOf(key: string): unknown[] {
    const number = this.#numbers.get(key);
    return number === undefined ? [] : this.#values(number);
  }

  #values(number: number): unknown[] {
    const values: unknown[] = [];
    for (let i = this.#first[number]!; ; i = this.#next[i]!) {
      values.push(this.#records.at(i));
      if (i === this.#last[number]) return values;
    }
  }

  /** The values of each group, in the order in which they came. */
  *[Symbol.iterator](): Generator<readonly [key: string, values: readonly unknown[]]> {
    for (const [key, number] of this.#numbers) yield [key, this.#values(number)];
  }
}
