/** Numbers from names, as oracle/portable.py makes them: golden files leave weights and inputs out. */
import { type Float32HostArray, float32, type Shape, sizeOf } from "../../src/base/arrays.ts";
import { fnv1a } from "../../src/base/random.ts";

/** Draws of mulberry32 as v = 2u - 1 in [-1, 1), float64. */
function* draws(name: string): Generator<number, never> {
  let state = fnv1a(name) | 0;
  for (;;) {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    yield ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  }
}

function filled(name: string, shape: Shape, scale: (value: number) => number): Float32HostArray {
  const source = draws(name);
  return float32(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, () => scale(source.next().value)),
  );
}

/** An input of a golden case: raw values in [-1, 1), or a function of them, rounded to float32 once. */
export function portableValues(
  name: string,
  shape: Shape,
  scale: (value: number) => number = (value) => value,
): Float32HostArray {
  return filled(name, shape, scale);
}

/** A weight of a size that a trained model could have, by what its name says it is. */
export function portableTensor(name: string, shape: Shape): Float32HostArray {
  const says = (...parts: readonly string[]) => parts.some((part) => name.includes(part));
  if (name.endsWith(".weight") && says("norm", "ln_")) return filled(name, shape, (value) => 1 + 0.1 * value);
  if (name.endsWith("bias")) return filled(name, shape, (value) => 0.1 * value);
  if (says("embedding", "wte", "wpe", "prefix_const")) return filled(name, shape, (value) => 0.5 * value);
  const scale = Math.sqrt(3 / sizeOf(shape.slice(1)));
  return filled(name, shape, (value) => value * scale);
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
    const { data } = portableTensor(`${seed}/${name}`, shape);
    const factor = Object.entries(scales).find(([ending]) => name.endsWith(ending))?.[1] ?? 1;
    weights.set(
      name,
      float32(
        shape,
        data.map((value) => value * factor),
      ),
    );
  }
  return weights;
}
