/** The parameters of an encoder of BERT's family, and how fresh ones are drawn. */
import type { Shape } from "../../base/arrays.ts";
import { Graph } from "../../graph/index.ts";
import { Params } from "../../nn/index.ts";
import type { Spread } from "../../weights/index.ts";
import { parameterShapes } from "../parameter-shapes.ts";
import type { BertConfig } from "./config.ts";
import { type EncodeOptions, encoderInput, encodeTokens } from "./forward.ts";

/** Official names without the model's own in front, and shapes: of what `encodeTokens` reads, so without the pooler. */
export function bertShapes(config: BertConfig, options: Pick<EncodeOptions, "layers"> = {}): Map<string, Shape> {
  const graph = new Graph(config.family);
  return parameterShapes(
    encodeTokens(new Params(graph), config, encoderInput(graph, { rows: 1, length: 1 }), options).at(-1)!,
  );
}

/** Hugging Face's initialisation. */
export function bertSpread(name: string): Spread {
  if (/layer_?norm\.weight$/i.test(name)) return { mean: 1, deviation: 0 };
  return { mean: 0, deviation: name.endsWith(".bias") ? 0 : 0.02 };
}
