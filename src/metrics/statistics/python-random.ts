/** Python's `random.Random(seed).random()`: MT19937 with Python's own seeding, so that p-values can be the reference's to the bit. */
import { mersenneFromState } from "pure-rand/generator/mersenne";

const stateSize = 624;

/** The generator's state from one number, as Knuth's multiplier spreads it. */
function spread(seed: number): Uint32Array {
  const state = new Uint32Array(stateSize);
  state[0] = seed;
  for (let i = 1; i < stateSize; i++) {
    const before = state[i - 1]! ^ (state[i - 1]! >>> 30);
    state[i] = Math.imul(before, 1812433253) + i;
  }
  return state;
}

/** MT19937's `init_by_array`. */
function stateOf(key: readonly number[]): Uint32Array {
  const state = spread(19650218);
  const wrap = (at: number) => {
    if (at < stateSize) return at;
    state[0] = state[stateSize - 1]!;
    return 1;
  };
  const mixed = (at: number) => state[at - 1]! ^ (state[at - 1]! >>> 30);
  let i = 1;
  for (let step = 0, j = 0; step < Math.max(stateSize, key.length); step++) {
    state[i] = (state[i]! ^ Math.imul(mixed(i), 1664525)) + key[j]! + j;
    i = wrap(i + 1);
    j = (j + 1) % key.length;
  }
  for (let step = 0; step < stateSize - 1; step++) {
    state[i] = (state[i]! ^ Math.imul(mixed(i), 1566083941)) - i;
    i = wrap(i + 1);
  }
  state[0] = 0x80000000;
  return state;
}

/** The 32-bit words of a whole number's absolute value, lowest first; Python ignores the sign. */
function words(seed: number): number[] {
  const absolute = Math.abs(seed);
  const high = Math.floor(absolute / 2 ** 32);
  return high === 0 ? [absolute >>> 0] : [absolute >>> 0, high];
}

/** @param seed a safe integer @returns draws in [0, 1) with 53 bits */
export function pythonRandom(seed: number): () => number {
  const generator = mersenneFromState([0, ...stateOf(words(seed))]);
  // The package keeps its state one round ahead of MT19937's definition.
  for (let i = 0; i < stateSize; i++) generator.next();
  return () => {
    const high = (generator.next() >>> 0) >>> 5;
    const low = (generator.next() >>> 0) >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  };
}
