/**
 * JSON values as bytes, one behind the other: a value takes its text's length and 16 bytes, nothing of it lies where JavaScript's
 * collector must look through it, and it becomes objects again only while somebody reads it.
 */

/** Bytes that are claimed at once. */
const blockBytes = 2 ** 20;
/** Values that room is made for at first. */
const firstRoom = 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A typed array with room for another item, with its old content. */
export function grown<T extends Float64Array | Uint32Array | Int32Array | Uint8Array | Int8Array>(items: T): T {
  const larger = new (items.constructor as new (length: number) => T)(Math.ceil(items.length * 1.5) + firstRoom);
  larger.set(items);
  return larger;
}

export class Records {
  readonly #blocks: (Uint8Array | undefined)[] = [];
  /** Where each value begins: its block and its place in it. */
  #blockOf = new Uint32Array(firstRoom);
  #starts = new Uint32Array(firstRoom);
  #lengths = new Uint32Array(firstRoom);
  #count = 0;
  #used = blockBytes;

  get length(): number {
    return this.#count;
  }

  /** @param value plain JSON: what `JSON.parse` may give. @returns its index */
  add(value: unknown): number {
    const text = JSON.stringify(value);
    // A UTF-16 unit has at most three bytes in UTF-8.
    const most = 3 * text.length;
    let block = this.#blocks.at(-1);
    if (block === undefined || block.length - this.#used < most) {
      // A value of unusual size gets a block of its own length.
      const bytes = most > blockBytes ? encoder.encode(text) : undefined;
      block = bytes ?? new Uint8Array(blockBytes);
      this.#blocks.push(block);
      this.#used = 0;
    }
    const written = encoder.encodeInto(text, block.subarray(this.#used)).written;
    if (this.#count === this.#starts.length) {
      [this.#blockOf, this.#starts, this.#lengths] = [this.#blockOf, this.#starts, this.#lengths].map(grown) as [
        Uint32Array<ArrayBuffer>,
        Uint32Array<ArrayBuffer>,
        Uint32Array<ArrayBuffer>,
      ];
    }
    this.#blockOf[this.#count] = this.#blocks.length - 1;
    this.#starts[this.#count] = this.#used;
    this.#lengths[this.#count] = written;
    this.#used += written;
    return this.#count++;
  }

  /** The value as JSON; undefined when there is none. */
  at(index: number): unknown {
    const block = index < this.#count ? this.#blocks[this.#blockOf[index]!] : undefined;
    if (block === undefined) return undefined;
    const start = this.#starts[index]!;
    return JSON.parse(decoder.decode(block.subarray(start, start + this.#lengths[index]!)));
  }

  /** All values in order, once: what was read is given free. */
  *drain(): Generator<unknown> {
    for (let i = 0; i < this.#count; i++) {
      const block = this.#blockOf[i]!;
      if (block > 0) this.#blocks[block - 1] = undefined;
      yield this.at(i);
    }
    this.#blocks.length = 0;
    this.#count = 0;
  }
}
