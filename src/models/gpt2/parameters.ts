/** The parameters of GPT-2, and how fresh ones are drawn. */
import type { Shape } from "../../base/arrays.ts";
import { Graph } from "../../graph/index.ts";
import { Params } from "../../nn/index.ts";
import type { Spread } from "../../weights/index.ts";
import { parameterShapes } from "../parameter-shapes.ts";
import type { Gpt2Config } from "./config.ts";
import { decode, embedTokens } from "./forward.ts";

/** Names as in the hub's file, without `transformer.` in front, and shapes. The output layer is tied to `wte`. */
export function gpt2Shapes(config: Gpt2Config): Map<string, Shape> {
  const graph = new Graph("gpt2");
  const p = new Params(graph);
  return parameterShapes(decode(p, config, embedTokens(p, config, graph.input("tokens", "int64", [1, 1]))));
}

/**
 * How a weights file calls a parameter: the hub's has the names as they are, one saved from a model with an output
 * layer has `transformer.` in front.
 * @param file has the names of the file's tensors
 */
export function gpt2StoredName(file: { has(name: string): boolean }): (name: string) => string {
  const prefix = file.has("transformer.wte.weight") ? "transformer." : "";
  return (name) => `${prefix}${name}`;
}

/** The original's initialisation: output projections are smaller with every residual layer. */
export function gpt2Spread({ layers }: Gpt2Config, name: string): Spread {
  if (/ln_\w\.weight$/.test(name)) return { mean: 1, deviation: 0 };
  if (name.endsWith(".bias")) return { mean: 0, deviation: 0 };
  return { mean: 0, deviation: name.endsWith("c_proj.weight") ? 0.02 / Math.sqrt(2 * layers) : 0.02 };
}
