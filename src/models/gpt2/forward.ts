/** GPT-2 over embeddings, REFERENCE §2.7: pre-norm blocks, learned positions, tied output layer. */
import { ops, type Tensor } from "../../graph/index.ts";
import {
  attend,
  causalBias,
  conv1d,
  type Dropout,
  mergeHeads,
  noDropout,
  norm,
  type Params,
  splitHeads,
} from "../../nn/index.ts";
import type { Gpt2Config } from "./config.ts";

/** How queries meet keys and values: whole sequence, or one new token against a cache. All [B, H, ·, D]. */
export type Attention = (q: Tensor, k: Tensor, v: Tensor, layer: number) => Tensor;

/** The parameters' place in a whole captioning model (official name of the decoder there). */
export const decoderPrefix = "gpt.transformer";

/**
 * Token embeddings.
 * @param tokens int64, any shape I
 * @returns [...I, E]
 */
export function embedTokens(p: Params, config: Gpt2Config, tokens: Tensor): Tensor {
  return ops.gather(p.get("wte.weight", [config.vocabularySize, config.width]), tokens);
}

/**
 * Logits of the tied output layer.
 * @param hidden [..., E]
 * @returns [..., V]
 */
export function outputLogits(p: Params, config: Gpt2Config, hidden: Tensor): Tensor {
  return p.graph.scope("lm_head", () =>
    ops.matmul(hidden, p.get("wte.weight", [config.vocabularySize, config.width]), { transB: true }),
  );
}

/** All position embeddings, [positions, E]. */
export function positionTable(p: Params, config: Gpt2Config): Tensor {
  return p.get("wpe.weight", [config.positions, config.width]);
}

/**
 * The blocks and the final norm.
 * @param x [B, S, E] embeddings with their positions added
 * @param from in the last block only positions from here on are computed: what nobody reads costs nothing
 * @returns [B, S - from, E]
 */
export function blocks(
  p: Params,
  config: Gpt2Config,
  x: Tensor,
  attention: Attention,
  from = 0,
  dropout: Dropout = noDropout,
): Tensor {
  let hidden = x;
  for (let i = 0; i < config.layers; i++) {
    const first = i === config.layers - 1 ? from : 0;
    hidden = p.in(`h.${i}`, (p) => block(p, config, hidden, (q, k, v) => attention(q, k, v, i), first, dropout));
  }
  return p.in("ln_f", (p) => norm(p, hidden, config.epsilon));
}

function block(
  p: Params,
  config: Gpt2Config,
  x: Tensor,
  attention: (q: Tensor, k: Tensor, v: Tensor) => Tensor,
  from: number,
  dropout: Dropout,
): Tensor {
  const asking = (t: Tensor) => ops.slice(t, 1, from, t.shape[1]!);
  const normed = p.in("ln_1", (p) => norm(p, x, config.epsilon));
  const attended = p.in("attn", (p) => {
    const { q, k, v } = p.in("c_attn", (p) => queriesKeysValues(p, config, normed, from));
    return p.in("c_proj", (p) => conv1d(p, mergeHeads(attention(q, k, v)), config.width));
  });
  const middle = ops.add(asking(x), dropout(attended, "residual"));
  const normed2 = p.in("ln_2", (p) => norm(p, middle, config.epsilon));
  const processed = p.in("mlp", (p) => mlp(p, config, normed2));
  return ops.add(middle, dropout(processed, "residual"));
}

/** One product where all positions ask, two where only the positions from `from` on do. */
function queriesKeysValues(p: Params, { width: E, heads }: Gpt2Config, x: Tensor, from: number) {
  const part = (t: Tensor, i: number) => splitHeads(ops.slice(t, -1, i * E, (i + 1) * E), heads); // [B, H, S, D]
  if (from === 0) {
    const qkv = conv1d(p, x, 3 * E);
    return { q: part(qkv, 0), k: part(qkv, 1), v: part(qkv, 2) };
  }
  const q = conv1d(p, ops.slice(x, 1, from, x.shape[1]!), 3 * E, { start: 0, end: E });
  const kv = conv1d(p, x, 3 * E, { start: E, end: 3 * E });
  return { q: part(q, 0), k: part(kv, 0), v: part(kv, 1) };
}

function mlp(p: Params, { width: E, innerWidth }: Gpt2Config, x: Tensor): Tensor {
  const hidden = ops.gelu(p.in("c_fc", (p) => conv1d(p, x, innerWidth)));
  return p.in("c_proj", (p) => conv1d(p, hidden, E));
}

/**
 * The decoder over a whole sequence that starts at position 0.
 * @param embeds [B, S, E]
 * @param from positions before it are read by nobody (only their keys and values matter)
 * @param onKeysValues is handed each layer's keys and values [B, H, S, D], for a cache
 * @param dropout of embeddings, attention weights and both residual branches, as GPT-2 is trained
 * @returns hidden states [B, S - from, E] after the final norm
 */
export function decode(
  p: Params,
  config: Gpt2Config,
  embeds: Tensor,
  from = 0,
  onKeysValues: (layer: number, keys: Tensor, values: Tensor) => void = () => {},
  dropout: Dropout = noDropout,
): Tensor {
  const S = embeds.shape[1]!;
  const x = dropout(ops.add(embeds, ops.slice(positionTable(p, config), 0, 0, S)), "embedding");
  const causal = (q: Tensor, k: Tensor, v: Tensor, layer: number): Tensor => {
    onKeysValues(layer, k, v);
    return attend(q, k, v, causalBias(p.graph, S - q.shape[2]!, S), dropout);
  };
  return blocks(p, config, x, causal, from, dropout);
}
