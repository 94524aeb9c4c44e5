/** CheXbert: a BERT whose start token goes to one linear head a label (METRICS §8.2). */
import type { Shape } from "../../base/arrays.ts";
import { Graph, ops, type Tensor } from "../../graph/index.ts";
import { linear, Params } from "../../nn/index.ts";
import { type BertConfig, encoderInput, encodeTokens, type PackedShape, startsInput } from "../bert/index.ts";
import { parameterShapes } from "../parameter-shapes.ts";

/** Number of classes of each head: 13 labels that can be blank, positive, negative or uncertain, and "No Finding". */
export const chexbertHeads: readonly number[] = [...Array<number>(13).fill(4), 2];

/**
 * Output `logits` [B·K, 54] of the texts that begin at `starts`: those of the heads one behind the other. The encoder's
 * parameters are below `bert`.
 */
export function chexbertGraph(config: BertConfig, shape: PackedShape): Record<string, Tensor> {
  const graph = new Graph("chexbert");
  const p = new Params(graph);
  const input = encoderInput(graph, shape);
  const starts = startsInput(graph, shape);
  const start = p.in("bert", (p) => encodeTokens(p, config, input, { starts }).at(-1)!); // [B, K, E]
  const states = ops.reshape(start, [shape.rows * shape.texts, config.width]);
  const logits = chexbertHeads.map((classes, i) => p.in(`linear_heads.${i}`, (p) => linear(p, states, classes)));
  return { logits: ops.concat(logits, 1) };
}

/** Names and shapes of its parameters. */
export function chexbertShapes(config: BertConfig): Map<string, Shape> {
  return parameterShapes(chexbertGraph(config, { rows: 1, length: 1, texts: 1 }).logits!);
}
