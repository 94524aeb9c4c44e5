/** N-grams as small numbers: an id for each distinct one, in memory proportional to their number. */

const growAt = 0.5;
const smallest = 1024;

/** A hash of two whole numbers, spread over all bits. */
function mix(prefix: number, token: number): number {
  let h = Math.imul(prefix, 0x9e3779b1) ^ Math.imul(token, 0x85ebca6b);
  h ^= h >>> 15;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 13)) >>> 0;
}

/**
 * A trie of tokens whose nodes are the n-grams seen so far: node 0 is the empty one, and the node of `a b c` is the
 * child of `a b` under `c`. The children of all nodes live in one open-addressed table.
 */
export class NgramTrie {
  readonly #tokens = new Map<string, number>();
  #prefixes = new Int32Array(smallest).fill(-1);
  #lastTokens = new Int32Array(smallest);
  #nodes = new Int32Array(smallest);
  #size = 1;

  /** Number of ids given out: every id is smaller. */
  get size(): number {
    return this.#size;
  }

  /**
   * The ids of a text's n-grams, order after order: all 1-grams, then all 2-grams, up to `maxOrder`. Order k has
   * max(0, tokens - k + 1) of them.
   */
  ngramsOf(tokens: readonly string[], maxOrder: number): Int32Array {
    const words = tokens.map((token) => this.#tokenId(token));
    const ids = new Int32Array(ngramTotal(words.length, maxOrder));
    let shorter = -1; // where the ids of the order below begin
    let at = 0;
    for (let order = 1; order <= maxOrder && order <= words.length; order++) {
      const start = at;
      for (let i = 0; i + order <= words.length; i++) {
        ids[at++] = this.#child(shorter < 0 ? 0 : ids[shorter + i]!, words[i + order - 1]!);
      }
      shorter = start;
    }
    return ids;
  }

  /**
   * The same of a text that adds nothing, with -1 for each n-gram not seen so far. Where a shorter one is new, so are
   * those that begin with it, and nobody looks.
   */
  knownNgramsOf(tokens: readonly string[], maxOrder: number): Int32Array {
    const words = tokens.map((token) => this.#tokens.get(token) ?? -1);
    const ids = new Int32Array(ngramTotal(words.length, maxOrder)).fill(-1);
    let shorter = -1;
    let at = 0;
    for (let order = 1; order <= maxOrder && order <= words.length; order++) {
      const start = at;
      for (let i = 0; i + order <= words.length; i++, at++) {
        const prefix = shorter < 0 ? 0 : ids[shorter + i]!;
        const token = words[i + order - 1]!;
        if (prefix < 0 || token < 0) continue;
        const slot = this.#slot(prefix, token);
        if (this.#prefixes[slot] !== -1) ids[at] = this.#nodes[slot]!;
      }
      shorter = start;
    }
    return ids;
  }

  /** Forgets all n-grams, and not the words they were made of. */
  clear(): void {
    if (this.#nodes.length > smallest) this.#allocate(smallest);
    else this.#prefixes.fill(-1);
    this.#size = 1;
  }

  #tokenId(token: string): number {
    const known = this.#tokens.get(token);
    if (known !== undefined) return known;
    const id = this.#tokens.size;
    this.#tokens.set(token, id);
    return id;
  }

  #child(prefix: number, token: number): number {
    const slot = this.#slot(prefix, token);
    if (this.#prefixes[slot] !== -1) return this.#nodes[slot]!;
    const node = this.#size++;
    this.#prefixes[slot] = prefix;
    this.#lastTokens[slot] = token;
    this.#nodes[slot] = node;
    if (this.#size > growAt * this.#nodes.length) this.#grow();
    return node;
  }

  #slot(prefix: number, token: number): number {
    const last = this.#nodes.length - 1; // a power of two less one
    let slot = mix(prefix, token) & last;
    while (this.#prefixes[slot] !== -1 && (this.#prefixes[slot] !== prefix || this.#lastTokens[slot] !== token)) {
      slot = (slot + 1) & last;
    }
    return slot;
  }

  #allocate(slots: number): void {
    this.#prefixes = new Int32Array(slots).fill(-1);
    this.#lastTokens = new Int32Array(slots);
    this.#nodes = new Int32Array(slots);
  }

  #grow(): void {
    const [prefixes, lastTokens, nodes] = [this.#prefixes, this.#lastTokens, this.#nodes];
    this.#allocate(2 * nodes.length);
    for (let old = 0; old < nodes.length; old++) {
      if (prefixes[old] === -1) continue;
      const slot = this.#slot(prefixes[old]!, lastTokens[old]!);
      this.#prefixes[slot] = prefixes[old]!;
      this.#lastTokens[slot] = lastTokens[old]!;
      this.#nodes[slot] = nodes[old]!;
    }
  }
}

/** Number of n-grams of all orders up to `maxOrder` in a text. */
export function ngramTotal(tokens: number, maxOrder: number): number {
  let total = 0;
  for (let order = 1; order <= maxOrder; order++) total += Math.max(0, tokens - order + 1);
  return total;
}

/** A number for each id of a growing trie, all 0 at first. */
export class IdCounts {
  values = new Int32Array(1024);

  /** Makes room for ids below `size`. */
  ensure(size: number): Int32Array {
    if (size > this.values.length) {
      const grown = new Int32Array(2 * size);
      grown.set(this.values);
      this.values = grown;
    }
    return this.values;
  }
}
