/** Smooth noise: random values on a lattice, blended between its points. */
import type { Random } from "../../base/random.ts";

const side = 64;

/** A random field over the plane. */
export interface ValueNoise {
  /** The value at a place, -1..1, varying over a distance of about 1 / `frequency`. */
  at(x: number, y: number, frequency: number): number;
}

export function valueNoise(random: Random): ValueNoise {
  const lattice = Float64Array.from({ length: side * side }, () => 2 * random.uniform() - 1);
  return {
    at: (x, y, frequency) => {
      const u = x * frequency + side;
      const v = y * frequency + side;
      const column = Math.floor(u);
      const row = Math.floor(v);
      const s = u - column;
      const t = v - row;
      const right = s * s * (3 - 2 * s);
      const down = t * t * (3 - 2 * t);
      const i0 = column & (side - 1);
      const i1 = (column + 1) & (side - 1);
      const upper = (row & (side - 1)) * side;
      const lower = ((row + 1) & (side - 1)) * side;
      const top = lattice[upper + i0]! * (1 - right) + lattice[upper + i1]! * right;
      const bottom = lattice[lower + i0]! * (1 - right) + lattice[lower + i1]! * right;
      return top * (1 - down) + bottom * down;
    },
  };
}
