/**
 * A set of texts that keeps no text: 106 bits of hash and a number each. Two texts of a set of ten million share these bits with a
 * probability of 10⁻¹⁸.
 */

const firstRoom = 1024;
/** Share of the places that may be taken. */
const mostFull = 0.7;

/** Two hashes of 53 bits, by multiplication and rotation. */
function hashes(text: string): readonly [number, number] {
  let [a, b, c, d] = [0x9e3779b9, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul((a << 5) | (a >>> 27), 0x2c1b3c6d) ^ code;
    b = Math.imul((b << 7) | (b >>> 25), 0x297a2d39) ^ (code + a);
    c = Math.imul((c << 11) | (c >>> 21), 0x1b56c4e9) ^ (code + b);
    d = Math.imul((d << 13) | (d >>> 19), 0x165667b1) ^ (code + c);
  }
  const mix = (x: number, y: number) => {
    let mixed = Math.imul(x ^ (x >>> 16) ^ y, 0x7feb352d);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
  const join = (high: number, low: number) => (high >>> 11) * 2 ** 32 + low;
  return [join(mix(a, d), mix(b, a)) + 1, join(mix(c, b), mix(d, c))];
}

export class KeyTable {
  /** Pairs of hashes; a first one of 0 marks an empty place. */
  #keys = new Float64Array(2 * firstRoom);
  #bits = new Uint32Array(firstRoom);
  #size = 0;

  /** How many different texts there were. */
  get size(): number {
    return this.#size;
  }

  /**
   * Remembers a text and adds bits to its number.
   * @param bits of a number from 1 to 2^32 - 1
   * @returns the number as it was before: 0 for a new text
   */
  add(text: string, bits = 1): number {
    if (this.#size >= mostFull * this.#bits.length) this.#grow();
    const [first, second] = hashes(text);
    const place = this.#placeOf(first, second);
    const before = this.#bits[place]!;
    if (before === 0) {
      this.#keys[2 * place] = first;
      this.#keys[2 * place + 1] = second;
      this.#size++;
    }
    this.#bits[place] = (before | bits) >>> 0;
    return before;
  }

  /** The number of a text, 0 when it was never added. */
  bitsOf(text: string): number {
    const [first, second] = hashes(text);
    return this.#bits[this.#placeOf(first, second)]!;
  }

  #placeOf(first: number, second: number): number {
    const mask = this.#bits.length - 1;
    let place = second % this.#bits.length;
    while (this.#keys[2 * place] !== 0 && (this.#keys[2 * place] !== first || this.#keys[2 * place + 1] !== second))
      place = (place + 1) & mask;
    return place;
  }

  #grow(): void {
    const [keys, bits] = [this.#keys, this.#bits];
    this.#keys = new Float64Array(2 * keys.length);
    this.#bits = new Uint32Array(2 * bits.length);
    for (let i = 0; i < bits.length; i++) {
      if (bits[i] === 0) continue;
      const place = this.#placeOf(keys[2 * i]!, keys[2 * i + 1]!);
      this.#keys[2 * place] = keys[2 * i]!;
      this.#keys[2 * place + 1] = keys[2 * i + 1]!;
      this.#bits[place] = bits[i]!;
    }
  }
}

/**
 * Groups of at least two items with one key, in the order of their first member; the others leave no trace in memory.
 * @param items is walked through twice
 * @param keyOf undefined for an item that belongs to no group
 * @param bitsOf which bits an item adds: a group counts only when it has several, where it is given
 */
export function repeated<T>(
  items: Iterable<T>,
  keyOf: (item: T) => string | undefined,
  bitsOf?: (item: T) => number,
): Map<string, T[]> {
  const table = new KeyTable();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    if (bitsOf !== undefined) table.add(key, bitsOf(item));
    else if (table.add(key, 1) > 0) table.add(key, 2);
  }
  const hasSeveral = (bits: number) => (bits & (bits - 1)) !== 0;
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined || !hasSeveral(table.bitsOf(key))) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
