/** BERT, DistilBERT and RoBERTa as encoders, METRICS §6.2 and §6.3: norms behind the residual sums, learned positions. */
import { Graph, ops, type Tensor } from "../../graph/index.ts";
import { attend, linear, mergeHeads, norm, Params, splitHeads } from "../../nn/index.ts";
import type { BertConfig } from "./config.ts";
import { layerNames } from "./names.ts";

/** What an encoder reads. A row of S positions may hold several texts, which do not see each other. */
export interface EncoderInput {
  /** [B, S] int64. */
  readonly tokens: Tensor;
  /** [B, S] int64: each token's place in its own text, from 0. */
  readonly places: Tensor;
  /** [B, 1, S, S] or [B, 1, 1, S] float32: 0 where a position may look at another one, `forbidden` elsewhere. */
  readonly bias: Tensor;
}

/** Added to the attention's scores where a position may not look: its share of the softmax becomes exactly 0. */
export const forbidden = -1e30;

export interface EncodeOptions {
  /** Layers to compute; all when absent. 0 is the embeddings alone. */
  readonly layers?: number;
  /**
   * [B, K] int64: the positions of the last computed layer that anyone reads, as rows of the batch's B·S; all when absent.
   * Needs a bias of [B, 1, S, S].
   */
  readonly starts?: Tensor;
}

/**
 * Hidden states: of the embeddings, then of every computed layer.
 * @returns [B, S, E] each; the last one [B, K, E] where `starts` are given
 */
export function encodeTokens(
  p: Params,
  config: BertConfig,
  input: EncoderInput,
  { layers = config.layers, starts }: EncodeOptions = {},
): readonly Tensor[] {
  const states = [p.in("embeddings", (p) => embed(p, config, input))]; // [B, S, E]
  for (let i = 0; i < layers; i++) {
    const name = `${layerNames[config.family].layer}.${i}`;
    const asked = i === layers - 1 ? starts : undefined;
    states.push(p.in(name, (p) => layer(p, config, states.at(-1)!, input.bias, asked)));
  }
  return states;
}

/** Sum of what word, place and token type say, normalised: [B, S, E]. */
function embed(p: Params, config: BertConfig, { tokens, places }: EncoderInput): Tensor {
  const { width: E, vocabularySize, positions, firstPosition, tokenTypes, epsilon } = config;
  const table = (name: string, rows: number) => p.in(name, (p) => p.get("weight", [rows, E]));
  const words = ops.gather(table("word_embeddings", vocabularySize), tokens); // [B, S, E]
  const byPlace = ops.slice(table("position_embeddings", positions), 0, firstPosition, positions);
  const placed = ops.gather(
    tokenTypes === 0 ? byPlace : ops.add(byPlace, ops.slice(table("token_type_embeddings", tokenTypes), 0, 0, 1)), // all of type 0
    places,
  ); // [B, S, E]
  return p.in("LayerNorm", (p) => norm(p, ops.add(words, placed), epsilon));
}

/** x = LN(x + Attention(x)); x = LN(x + MLP(x)), for the positions asked for. */
function layer(p: Params, config: BertConfig, x: Tensor, bias: Tensor, starts?: Tensor): Tensor {
  const { family, width: E, heads, innerWidth, epsilon } = config;
  const names = layerNames[family];
  const [asking, allowed] = starts === undefined ? [x, bias] : [rowsAt(x, starts), biasAt(bias, starts)];
  const project = (name: string, from: Tensor) =>
    splitHeads(
      p.in(name, (p) => linear(p, from, E)),
      heads,
    );
  const context = attend(project(names.query, asking), project(names.key, x), project(names.value, x), allowed);
  const attended = p.in(names.attentionOutput, (p) => linear(p, mergeHeads(context), E));
  const middle = p.in(names.attentionNorm, (p) => norm(p, ops.add(asking, attended), epsilon));
  const inner = ops.geluErf(p.in(names.inner, (p) => linear(p, middle, innerWidth)));
  const output = p.in(names.output, (p) => linear(p, inner, E));
  return p.in(names.outputNorm, (p) => norm(p, ops.add(middle, output), epsilon)); // [B, S or K, E]
}

/** [B, S, E] → [B, K, E]. */
function rowsAt(x: Tensor, starts: Tensor): Tensor {
  const [B, S, E] = x.shape as [number, number, number];
  return ops.gather(ops.reshape(x, [B * S, E]), starts);
}

/** [B, 1, S, S] → [B, 1, K, S]. */
function biasAt(bias: Tensor, starts: Tensor): Tensor {
  const [B, , , S] = bias.shape as [number, number, number, number];
  const K = starts.shape[1]!;
  return ops.reshape(ops.gather(ops.reshape(bias, [B * S, S]), starts), [B, 1, K, S]);
}

/** Sizes of a run. */
export interface PackedShape {
  /** B: rows. */
  readonly rows: number;
  /** S: positions of a row, shared by its texts. */
  readonly length: number;
  /** K: most texts of a row. */
  readonly texts: number;
}

/** A graph's inputs `tokens`, `places` and `bias`. */
export function encoderInput(graph: Graph, { rows: B, length: S }: Omit<PackedShape, "texts">): EncoderInput {
  return {
    tokens: graph.input("tokens", "int64", [B, S]),
    places: graph.input("places", "int64", [B, S]),
    bias: graph.input("bias", "float32", [B, 1, S, S]),
  };
}

/** Input `starts` [B, K]: where the texts begin, as rows of the batch's B·S. */
export function startsInput(graph: Graph, { rows: B, texts: K }: PackedShape): Tensor {
  return graph.input("starts", "int64", [B, K]);
}

/** Output `states` [B, S, E] of one layer. */
export function bertGraph(
  config: BertConfig,
  shape: Omit<PackedShape, "texts">,
  options: Pick<EncodeOptions, "layers"> = {},
): Record<string, Tensor> {
  const graph = new Graph(config.family);
  const states = encodeTokens(new Params(graph), config, encoderInput(graph, shape), options);
  return { states: states.at(-1)! };
}
