/** Seeded random numbers: the only source of randomness in the product. */
import { xoroshiro128plus, xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";

/** A stream of random numbers that depends on its seed only, and whose position can be saved and restored. */
export class Random {
  #generator: ReturnType<typeof xoroshiro128plus>;

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed | 0);
  }

  /** A stream of its own for a named purpose: adding draws to one purpose never moves another. */
  static named(seed: number, purpose: string): Random {
    return new Random(fnv1a(`${seed}/${purpose}`) | 0);
  }

  /** A stream that continues where `state()` was read. */
  static restore(state: readonly number[]): Random {
    const random = new Random(0);
    random.#generator = xoroshiro128plusFromState(state);
    return random;
  }

  /** The position of this stream, as plain numbers for a file. */
  state(): readonly number[] {
    return this.#generator.getState();
  }

  /** Uniform in [0, 1), 53 bits. */
  uniform(): number {
    const high = (this.#generator.next() >>> 0) >>> 5;
    const low = (this.#generator.next() >>> 0) >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** A whole number from 0 to `count` - 1. */
  integer(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  /** Normal with mean 0 and standard deviation 1 (Box and Muller). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** One of the choices. */
  choose<T>(choices: readonly T[]): T {
    return choices[this.integer(choices.length)] as T;
  }

  /** A new array in random order (Fisher and Yates). */
  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let last = result.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      const kept = result[last] as T;
      result[last] = result[other] as T;
      result[other] = kept;
    }
    return result;
  }
}

/** FNV-1a, 32 bits, of the UTF-8 text. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash;
}
