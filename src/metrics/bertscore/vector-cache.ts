/** Token vectors of texts, as many as a budget of memory holds: a text that comes again is not encoded again. */

/** The least recently used texts make room. */
export class VectorCache {
  readonly #budget: number;
  readonly #entries = new Map<string, Float32Array>();
  #bytes = 0;

  /** @param budget in bytes */
  constructor(budget: number) {
    this.#budget = budget;
  }

  get(text: string): Float32Array | undefined {
    const found = this.#entries.get(text);
    if (found !== undefined) {
      this.#entries.delete(text);
      this.#entries.set(text, found);
    }
    return found;
  }

  set(text: string, vectors: Float32Array): void {
    this.#bytes += vectors.byteLength - (this.#entries.get(text)?.byteLength ?? 0);
    this.#entries.set(text, vectors);
  }

  /** Back to the budget. Between two calls nothing is forgotten, so that a group of texts is there as a whole. */
  trim(): void {
    for (const [text, { byteLength }] of this.#entries) {
      if (this.#bytes <= this.#budget) return;
      this.#entries.delete(text);
      this.#bytes -= byteLength;
    }
  }
}
