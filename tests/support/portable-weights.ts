/**
 * Numbers from names: the weights and inputs that golden files leave out, made as `oracle/portable.py` makes them.
 *
 * FNV-1a of the name seeds mulberry32 (METRICS.md §11.2); each draw u in [0, 1) gives v = 2u - 1.
 */
import { type Float32HostArray, float32, type Shape, sizeOf } from "../../src/base/arrays.ts";
import { fnv1a } from "../../src/base/random.ts";

/** What a draw v of a tensor becomes, before it is rounded to float32. */
export type ScaleRule = (name: string, shape: Shape) => (v: number) => number;

/** `count` float64 values in [-1, 1). */
export function portableValues(name: string, count: number): Float64Array {
  let state = fnv1a(name);
  return Float64Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  });
}

/** A golden's input: the raw values, rounded to float32. */
export function portableInput(name: string, shape: Shape): Float32HostArray {
  return float32(shape, Float32Array.from(portableValues(name, sizeOf(shape))));
}

/** Sizes a trained model could have, by what the name says the tensor is (METRICS.md has a rule of its own). */
export const modelScale: ScaleRule = (name, shape) => {
  if (name.endsWith(".weight") && ["norm", "ln_", "layrnorm"].some((part) => name.includes(part))) {
    return (v) => 1 + 0.1 * v;
  }
  if (name.endsWith("bias")) return (v) => 0.1 * v;
  if (["embedding", "wte", "wpe", "prefix_const"].some((part) => name.includes(part))) return (v) => 0.5 * v;
  const scale = Math.sqrt(3 / sizeOf(shape.slice(1)));
  return (v) => v * scale;
};

export function portableTensor(name: string, shape: Shape, rule: ScaleRule = modelScale): Float32HostArray {
  const scaled = rule(name, shape);
  return float32(shape, Float32Array.from(portableValues(name, sizeOf(shape)), scaled));
}

/**
 * Weights of a golden case: the parameter N is the portable tensor `<seed>/N`.
 * @param shapes names and shapes as a manifest or a model lists them
 */
export function portableWeights(
  seed: string,
  shapes: ReadonlyMap<string, Shape>,
  rule: ScaleRule = modelScale,
): Map<string, Float32HostArray> {
  return new Map([...shapes].map(([name, shape]) => [name, portableTensor(`${seed}/${name}`, shape, rule)]));
}
