/** CheXbert: a BERT whose start token goes to one linear head a label (METRICS §8.2). */
import type { Shape } from "../../base/arrays.ts";
import { Graph, ops, type Tensor } from "../../graph/index.ts";
import { linear, Params } from "../../nn/index.ts";
import { type BertConfig, encoderInput, encodeTokens } from "../bert/index.ts";
import { parameterShapes } from "../parameter-shapes.ts";

/** Number of classes of each head: 13 labels that can be blank, positive, negative or uncertain, and "No Finding". */
export const chexbertHeads: readonly number[] = [...Array<number>(13).fill(4), 2];

/**
 * Output `logits` [B, 54]: those of the heads one behind the other. The encoder's parameters are below `bert`.
 * @param shape texts, tokens a text
 */
export function chexbertGraph(config: BertConfig, shape: readonly [number, number]): Record<string, Tensor> {
  const graph = new Graph("chexbert");
  const p = new Params(graph);
  const input = encoderInput(graph, shape);
  const start = p.in("bert", (p) => encodeTokens(p, config, input, { positions: 1 }).at(-1)!); // [B, 1, E]
  const states = ops.reshape(start, [shape[0], config.width]);
  const logits = chexbertHeads.map((classes, i) => p.in(`linear_heads.${i}`, (p) => linear(p, states, classes)));
  return { logits: ops.concat(logits, 1) };
}

/** Names and shapes of its parameters. */
export function chexbertShapes(config: BertConfig): Map<string, Shape> {
  return parameterShapes(chexbertGraph(config, [1, 1]).logits!);
}
