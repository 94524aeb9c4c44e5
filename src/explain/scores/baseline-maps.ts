/** Maps that know nothing of the film: what a method must beat. */
import { Random } from "../../base/random.ts";
import type { PatchMap } from "../patch-map.ts";

/** Uniform random numbers, the same for the same seed and key. */
export function randomMap(side: number, seed: number, key: string): PatchMap {
  const random = Random.named(seed, `explanation/${key}`);
  return { side, values: Float64Array.from({ length: side * side }, () => random.uniform()) };
}

/** A normal hill in the middle, as wide as a quarter of the square: boxes lie in the lungs, lungs in the middle. */
export function centreMap(side: number): PatchMap {
  const centre = (side - 1) / 2;
  const values = Float64Array.from({ length: side * side }, (_, patch) => {
    const [dy, dx] = [Math.floor(patch / side) - centre, (patch % side) - centre];
    return Math.exp(-(dx * dx + dy * dy) / (2 * (side / 4) ** 2));
  });
  return { side, values };
}
