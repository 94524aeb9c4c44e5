/** BERT, DistilBERT and RoBERTa as encoders, METRICS §6.2 and §6.3: norms behind the residual sums, learned positions. */
import { Graph, ops, type Tensor } from "../../graph/index.ts";
import { attend, linear, mergeHeads, norm, Params, splitHeads } from "../../nn/index.ts";
import type { BertConfig } from "./config.ts";
import { layerNames } from "./names.ts";

/** What an encoder reads; both have a row a text, padded to one length. */
export interface EncoderInput {
  /** [B, S] int64. */
  readonly tokens: Tensor;
  /** [B, 1, 1, S] float32: 0 where a token is real, `paddingBias` where it is padding. */
  readonly bias: Tensor;
}

/** Added to the attention's scores of padding: its share of the softmax becomes exactly 0. */
export const paddingBias = -1e30;

export interface EncodeOptions {
  /** Layers to compute; all when absent. 0 is the embeddings alone. */
  readonly layers?: number;
  /** Positions of the last computed layer that anyone reads, counted from the start; all when absent. */
  readonly positions?: number;
}

/**
 * Hidden states: of the embeddings, then of every computed layer.
 * @returns [B, S, E] each; the last one [B, positions, E]
 */
export function encodeTokens(
  p: Params,
  config: BertConfig,
  input: EncoderInput,
  { layers = config.layers, positions = input.tokens.shape[1]! }: EncodeOptions = {},
): readonly Tensor[] {
  const states = [p.in("embeddings", (p) => embed(p, config, input.tokens))]; // [B, S, E]
  for (let i = 0; i < layers; i++) {
    const x = states.at(-1)!;
    const rows = i === layers - 1 ? positions : x.shape[1]!;
    const name = `${layerNames[config.family].layer}.${i}`;
    states.push(p.in(name, (p) => layer(p, config, x, input.bias, rows)));
  }
  return states;
}

/** Sum of what word, place and token type say, normalised: [B, S, E]. */
function embed(p: Params, config: BertConfig, tokens: Tensor): Tensor {
  const { width: E, vocabularySize, positions, firstPosition, tokenTypes, epsilon } = config;
  const S = tokens.shape[1]!;
  const table = (name: string, rows: number) => p.in(name, (p) => p.get("weight", [rows, E]));
  const words = ops.gather(table("word_embeddings", vocabularySize), tokens); // [B, S, E]
  const places = ops.slice(table("position_embeddings", positions), 0, firstPosition, firstPosition + S); // [S, E]
  const placed =
    tokenTypes === 0 ? places : ops.add(places, ops.slice(table("token_type_embeddings", tokenTypes), 0, 0, 1)); // all of type 0
  return p.in("LayerNorm", (p) => norm(p, ops.add(words, placed), epsilon));
}

/** x = LN(x + Attention(x)); x = LN(x + MLP(x)), for the first `rows` positions. */
function layer(p: Params, config: BertConfig, x: Tensor, bias: Tensor, rows: number): Tensor {
  const { family, width: E, heads, innerWidth, epsilon } = config;
  const names = layerNames[family];
  const asking = ops.slice(x, 1, 0, rows);
  const project = (name: string, from: Tensor) =>
    splitHeads(
      p.in(name, (p) => linear(p, from, E)),
      heads,
    );
  const context = attend(project(names.query, asking), project(names.key, x), project(names.value, x), bias);
  const attended = p.in(names.attentionOutput, (p) => linear(p, mergeHeads(context), E));
  const middle = p.in(names.attentionNorm, (p) => norm(p, ops.add(asking, attended), epsilon));
  const inner = ops.geluErf(p.in(names.inner, (p) => linear(p, middle, innerWidth)));
  const output = p.in(names.output, (p) => linear(p, inner, E));
  return p.in(names.outputNorm, (p) => norm(p, ops.add(middle, output), epsilon)); // [B, rows, E]
}

/** A graph's inputs for B texts of S tokens: `tokens` and `bias`. */
export function encoderInput(graph: Graph, [B, S]: readonly [number, number]): EncoderInput {
  return { tokens: graph.input("tokens", "int64", [B, S]), bias: graph.input("bias", "float32", [B, 1, 1, S]) };
}

/** Output `states` [B, positions, E] of one layer, for B texts of S tokens. */
export function bertGraph(
  config: BertConfig,
  shape: readonly [number, number],
  options: EncodeOptions = {},
): Record<string, Tensor> {
  const graph = new Graph(config.family);
  const states = encodeTokens(new Params(graph), config, encoderInput(graph, shape), options);
  return { states: states.at(-1)! };
}
