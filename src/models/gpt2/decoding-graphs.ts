/** Generation as two graphs: the prefix once, then one token at a time for all beams of a batch. */
import { Graph, ops, type Tensor } from "../../graph/index.ts";
import { Params } from "../../nn/index.ts";
import { cachedStep, type KeysValues } from "./cached-step.ts";
import type { Gpt2Config } from "./config.ts";
import { decode, decoderPrefix, outputLogits } from "./forward.ts";

/** Sizes that generation's graphs are made for. */
export interface DecodingShape {
  /** B: rows generated together. */
  readonly rows: number;
  /** K: beams of a row. */
  readonly beams: number;
  /** P: positions of the prefix. */
  readonly prefixLength: number;
  /** Logits are divided by it before the softmax; 0 or less means 1. */
  readonly temperature: number;
}

/** The K best next tokens of every row of hidden states [R, E]. */
function bestNext(p: Params, model: Gpt2Config, hidden: Tensor, { beams, temperature }: DecodingShape) {
  const scaled =
    temperature > 0 && temperature !== 1
      ? ops.div(outputLogits(p, model, hidden), temperature)
      : outputLogits(p, model, hidden);
  const { values, indices } = ops.topK(ops.logSoftmax(scaled), beams);
  return { logProbabilities: values, ids: indices };
}

/** Names of a layer's cache arrays. */
export function cacheNames(kind: "prefix" | "generated", layer: number) {
  return { keys: `${kind}.${layer}.keys`, values: `${kind}.${layer}.values` };
}

/**
 * Input `prefix` [B, P, E]; outputs the prefix's cache (`prefix.*`, [B, H, P, D] each) and the best first tokens of
 * each row, `ids` and `logProbabilities` [B, K].
 */
export function promptGraph(model: Gpt2Config, shape: DecodingShape): Record<string, Tensor> {
  const graph = new Graph("prompt");
  const p = new Params(graph);
  const outputs: Record<string, Tensor> = {};
  const prefix = graph.input("prefix", "float32", [shape.rows, shape.prefixLength, model.width]);
  return p.in(decoderPrefix, (p) => {
    const last = decode(p, model, prefix, shape.prefixLength - 1, (layer, keys, values) => {
      const names = cacheNames("prefix", layer);
      outputs[names.keys] = keys;
      outputs[names.values] = values;
    }); // [B, 1, E]
    return { ...outputs, ...bestNext(p, model, ops.reshape(last, [shape.rows, model.width]), shape) };
  });
}

/** Places in the cache of generated tokens that the graph is built for; it is the same graph for any number of them. */
const builtFor = 7;

/** Before the names of the cache arrays that a step adds to. */
export const newPrefix = "new.";

/**
 * Inputs as in `StepInputs`, the caches under their names; outputs the keys and values of the new tokens
 * (`new.generated.*`, [B, H, K, D] each) and the best next tokens of each beam, `ids` and `logProbabilities` [B·K, K].
 */
export function stepGraph(model: Gpt2Config, shape: DecodingShape): Record<string, Tensor> {
  const { rows, beams, prefixLength } = shape;
  const { layers, heads, width } = model;
  const graph = new Graph("step");
  const free = "places for generated tokens";
  const cache = (kind: "prefix" | "generated", length: number): KeysValues[] =>
    Array.from({ length: layers }, (_, layer) => {
      const axes = kind === "generated" ? [undefined, undefined, free, undefined] : undefined;
      const input = (name: string) => graph.input(name, "float32", [rows, heads, length, width / heads], axes);
      const names = cacheNames(kind, layer);
      return { keys: input(names.keys), values: input(names.values) };
    });
  const inputs = {
    tokens: graph.input("tokens", "int64", [rows * beams]),
    position: graph.input("position", "int64", [1]),
    prefix: cache("prefix", prefixLength),
    generated: cache("generated", builtFor),
    bias: graph.input("bias", "float32", [rows, 1, beams, builtFor], [undefined, undefined, undefined, free]),
  };
  return new Params(graph).in(decoderPrefix, (p) => {
    const { hidden, fresh } = cachedStep(p, model, inputs, beams);
    const outputs: Record<string, Tensor> = {};
    for (const [layer, { keys, values }] of fresh.entries()) {
      const names = cacheNames("generated", layer);
      outputs[newPrefix + names.keys] = keys;
      outputs[newPrefix + names.values] = values;
    }
    return { ...outputs, ...bestNext(p, model, hidden, shape) };
  });
}
