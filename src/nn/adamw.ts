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

/** The numbers of one update that change from step to step, computed in float64 on the host. */
export interface AdamWScalars {
  /** Factor of m / denominator. */
  readonly stepSize: number;
  /** Factor of √v in the denominator. */
  readonly rootScale: number;
  /** Factor of the parameter: 1 - lr · weight decay. */
  readonly decay: number;
}

/** @param step counts from 1 */
export function adamwScalars(config: AdamWConfig, learningRate: number, step: number): AdamWScalars {
  const correction1 = 1 - config.beta1 ** step;
  const correction2 = 1 - config.beta2 ** step;
  const decay = 1 - learningRate * config.weightDecay;
  return config.variant === "hf"
    ? { stepSize: (learningRate * Math.sqrt(correction2)) / correction1, rootScale: 1, decay }
    : { stepSize: learningRate / correction1, rootScale: 1 / Math.sqrt(correction2), decay };
}

/** The scalars as feeds of `adamwUpdate`. */
export function adamwFeeds(scalars: AdamWScalars): Map<string, HostArray> {
  return new Map(Object.entries(scalars).map(([name, value]: [string, number]) => [name, float32([], [value])]));
}

/**
 * One update of `size` numbers, whatever parameters they belong to.
 * Inputs of the graph: `parameter`, `gradient`, `m`, `v` [size] float32, and the scalars of `AdamWScalars`.
 */
export function adamwUpdate(
  graph: Graph,
  config: AdamWConfig,
  size: number,
): { readonly newParameter: Tensor; readonly newM: Tensor; readonly newV: Tensor } {
  const vector = (name: string) => graph.input(name, "float32", [size]);
  const scalar = (name: keyof AdamWScalars) => graph.input(name, "float32", []);
  const [parameter, gradient, m, v] = [vector("parameter"), vector("gradient"), vector("m"), vector("v")];
  const [stepSize, rootScale, decay] = [scalar("stepSize"), scalar("rootScale"), scalar("decay")];

  const newM = ops.add(ops.mul(m, config.beta1), ops.mul(gradient, 1 - config.beta1));
  const newV = ops.add(ops.mul(v, config.beta2), ops.mul(ops.mul(gradient, gradient), 1 - config.beta2));
  const denominator = ops.add(ops.mul(ops.sqrt(newV), rootScale), config.epsilon);
  const step = ops.mul(ops.div(newM, denominator), stepSize);
  const newParameter =
    config.variant === "hf" ? ops.mul(ops.sub(parameter, step), decay) : ops.sub(ops.mul(parameter, decay), step);
  return { newParameter, newM, newV };
}
