/** Numbers from names, as oracle/portable.py makes them: golden files leave weights and inputs out. */
import { type Float32HostArray, float32, type Shape, sizeOf } from "../../src/base/arrays.ts";
import { fnv1a } from "../../src/base/random.ts";

/** The draws of mulberry32 one after the other, as uint32. */
function drawing(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** The first draws of mulberry32, as uint32. */
export function mulberry32(seed: number, count: number): Uint32Array {
  const draw = drawing(seed);
  const draws = new Uint32Array(count);
  for (let i = 0; i < count; i++) draws[i] = draw();
  return draws;
}

/** Draws of mulberry32 as v = 2u - 1 in [-1, 1), float64, each scaled to centre + factor · v. */
function filled(name: string, shape: Shape, factor: number, centre = 0): Float32HostArray {
  const draw = drawing(fnv1a(name));
  const data = new Float32Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = centre + factor * (draw() / 2 ** 31 - 1);
  return float32(shape, data);
}

/** An input of a golden case: raw values in [-1, 1), or `centre` + `factor` times them, rounded to float32 once. */
export function portableValues(name: string, shape: Shape, factor = 1, centre = 0): Float32HostArray {
  return filled(name, shape, factor, centre);
}

/** A weight of a size that a trained model could have, by what its name says it is. */
export function portableTensor(name: string, shape: Shape): Float32HostArray {
  const says = (...parts: readonly string[]) => parts.some((part) => name.includes(part));
  if (name.endsWith("running_var")) return filled(name, shape, 0.5, 1);
  if (name.endsWith(".weight") && says("norm", "ln_")) return filled(name, shape, 0.1, 1);
  if (name.endsWith("bias")) return filled(name, shape, 0.1);
  if (says("embedding", "wte", "wpe", "prefix_const")) return filled(name, shape, 0.5);
  return filled(name, shape, Math.sqrt(3 / sizeOf(shape.slice(1))));
}

/**
 * Every parameter of a golden case.
 * @param scales factors (powers of two, so the product is exact) for names that end in a key
 */
export function portableWeights(
  seed: string,
  shapes: Readonly<Record<string, Shape>>,
  scales: Readonly<Record<string, number>> = {},
): Map<string, Float32HostArray> {
  const weights = new Map<string, Float32HostArray>();
  for (const [name, shape] of Object.entries(shapes)) {
    const tensor = portableTensor(`${seed}/${name}`, shape);
    const factor = Object.entries(scales).find(([ending]) => name.endsWith(ending))?.[1] ?? 1;
    weights.set(
      name,
      factor === 1
        ? tensor
        : float32(
            shape,
            tensor.data.map((value) => value * factor),
          ),
    );
  }
  return weights;
}
