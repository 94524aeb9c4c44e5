/** JSON values by a name, as bytes: what a file says of one thing in several places, without an object for each. */
import { KeyTable } from "./key-table.ts";
import { grown, Records } from "./records.ts";

export class Groups {
  readonly #records = new Records();
  /** First value of each group; groups are in the order of their first member. */
  readonly #numbers = new KeyTable();
  readonly #keys = new Records();
  #first = new Uint32Array(1024);
  #last = new Uint32Array(1024);
  /** The value that follows in the same group. */
  #next = new Uint32Array(1024);

  /** @param value plain JSON */
  add(key: string, value: unknown): void {
    const index = this.#records.add(value);
    if (index === this.#next.length) this.#next = grown(this.#next);
    const number = this.#numberOf(key);
    if (number >= 0) {
      this.#next[this.#last[number]!] = index;
      this.#last[number] = index;
      return;
    }
    const size = this.#keys.add(key);
    if (size === this.#first.length) [this.#first, this.#last] = [grown(this.#first), grown(this.#last)];
    this.#first[size] = index;
    this.#last[size] = index;
    this.#numbers.add(key, size + 1);
  }

  /** The first value of a group. */
  first(key: string): unknown {
    const number = this.#numberOf(key);
    return number < 0 ? undefined : this.#records.at(this.#first[number]!);
  }

  /** The values of a group, in the order in which they came; none of a group that is not there. */
  valuesOf(key: string): unknown[] {
    const number = this.#numberOf(key);
    return number < 0 ? [] : this.#values(number);
  }

  /** -1 for a group that is not there. */
  #numberOf(key: string): number {
    return this.#numbers.bitsOf(key) - 1;
  }

  #values(number: number): unknown[] {
    const values: unknown[] = [];
    for (let i = this.#first[number]!; ; i = this.#next[i]!) {
      values.push(this.#records.at(i));
      if (i === this.#last[number]) return values;
    }
  }

  *keys(): Generator<string> {
    for (let number = 0; number < this.#keys.length; number++) yield this.#keys.at(number) as string;
  }

  /** The values of each group, in the order in which they came. */
  *[Symbol.iterator](): Generator<readonly [key: string, values: readonly unknown[]]> {
    for (let number = 0; number < this.#keys.length; number++)
      yield [this.#keys.at(number) as string, this.#values(number)];
  }
}
