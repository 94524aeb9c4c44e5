/** AdamW as a graph function, in the two variants that matter for the paper (REFERENCE §3). */
import type { HostArray } from "../base/arrays.ts";
import { float32 } from "../base/arrays.ts";
import { type Graph, ops, type Tensor } from "../graph/index.ts";

/**
 * `hf`: the old Hugging Face optimiser: epsilon is added to the uncorrected √v, and weight decay follows the step.
 * `torch`: PyTorch's own: v is corrected first, and weight decay precedes the step.
 */
export type AdamWVariant = "hf" | "torch";

export interface AdamWConfig {
  readonly variant: AdamWVariant;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** The numbers of one update that change from step to step, in float64 on the host; those that are always 1 are left out. */
export interface AdamWScalars {
  /** Factor of m / denominator. */
  readonly stepSize: number;
  /** Factor of √v in the denominator (`torch`). */
  readonly rootScale?: number;
  /** Factor of the parameter: 1 - lr · weight decay, where there is weight decay. */
  readonly decay?: number;
}

/** @param step counts from 1 */
export function adamwScalars(config: AdamWConfig, learningRate: number, step: number): AdamWScalars {
  const correction1 = 1 - config.beta1 ** step;
  const correction2 = 1 - config.beta2 ** step;
  const decay = config.weightDecay === 0 ? {} : { decay: 1 - learningRate * config.weightDecay };
  return config.variant === "hf"
    ? { ...decay, stepSize: (learningRate * Math.sqrt(correction2)) / correction1 }
    : { ...decay, stepSize: learningRate / correction1, rootScale: 1 / Math.sqrt(correction2) };
}

/** The scalars as feeds of `adamwUpdate`. */
export function adamwFeeds(scalars: AdamWScalars): Map<string, HostArray> {
  return new Map(Object.entries(scalars).map(([name, value]: [string, number]) => [name, float32([], [value])]));
}

/**
 * One update of `size` numbers, whatever parameters they belong to.
 * Inputs of the graph: `parameter`, `gradient`, `m`, `v` [size] float32, and the scalars that `adamwScalars` gives.
 */
export function adamwUpdate(
  graph: Graph,
  config: AdamWConfig,
  size: number,
): { readonly newParameter: Tensor; readonly newM: Tensor; readonly newV: Tensor } {
  const vector = (name: string) => graph.input(name, "float32", [size]);
  const scalar = (name: keyof AdamWScalars) => graph.input(name, "float32", []);
  const [parameter, gradient, m, v] = [vector("parameter"), vector("gradient"), vector("m"), vector("v")];

  const newM = ops.add(ops.mul(m, config.beta1), ops.mul(gradient, 1 - config.beta1));
  const newV = ops.add(ops.mul(v, config.beta2), ops.mul(ops.mul(gradient, gradient), 1 - config.beta2));
  const root = ops.sqrt(newV);
  const denominator = ops.add(config.variant === "hf" ? root : ops.mul(root, scalar("rootScale")), config.epsilon);
  const step = ops.mul(ops.div(newM, denominator), scalar("stepSize"));
  const decayed = (x: Tensor) => (config.weightDecay === 0 ? x : ops.mul(x, scalar("decay")));
  const newParameter = config.variant === "hf" ? decayed(ops.sub(parameter, step)) : ops.sub(decayed(parameter), step);
  return { newParameter, newM, newV };
}
