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

/** The parameters' place in a whole captioning model (official name of the decoder there). */
export const decoderPrefix = "gpt.transformer";

/** What one block does with the positions: which it computes, and how they look at each other. */
export interface BlockView {
  /**
   * The heads' answers, side by side.
   * @param p the parameters of the block's attention
   * @param x [..., E] the block's input, normalised
   * @returns [..., E] for the positions that `asking` keeps, before the output projection
   */
  attention(p: Params, x: Tensor): Tensor;
  /** The positions that the block computes; the others are read for their keys and values only. */
  asking(x: Tensor): Tensor;
  /** Of both residual branches. */
  readonly dropout?: Dropout;
}

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
 * @param x [..., E] embeddings with their positions added
 * @param viewOf the view of each block
 * @returns [..., E] for the positions that the last block computes
 */
export function blocks(p: Params, config: Gpt2Config, x: Tensor, viewOf: (layer: number) => BlockView): Tensor {
  let hidden = x;
  for (let i = 0; i < config.layers; i++) {
    hidden = p.in(`h.${i}`, (p) => block(p, config, hidden, viewOf(i)));
  }
  return p.in("ln_f", (p) => norm(p, hidden, config.epsilon));
}

function block(p: Params, config: Gpt2Config, x: Tensor, view: BlockView): Tensor {
  const { dropout = noDropout } = view;
  const normed = p.in("ln_1", (p) => norm(p, x, config.epsilon));
  const attended = p.in("attn", (p) => {
    const context = view.attention(p, normed);
    return p.in("c_proj", (p) => conv1d(p, context, config.width));
  });
  const middle = ops.add(view.asking(x), dropout(attended, "residual"));
  const normed2 = p.in("ln_2", (p) => norm(p, middle, config.epsilon));
  const processed = p.in("mlp", (p) => mlp(p, config, normed2));
  return ops.add(middle, dropout(processed, "residual"));
}

function mlp(p: Params, { width: E, innerWidth }: Gpt2Config, x: Tensor): Tensor {
  const hidden = ops.gelu(p.in("c_fc", (p) => conv1d(p, x, innerWidth)));
  return p.in("c_proj", (p) => conv1d(p, hidden, E));
}

/**
 * Queries, keys and values of each head, [B, H, ·, D], from one product where all positions ask and from two where only
 * those from `from` on do.
 */
export function headsOf(p: Params, { width: E, heads }: Gpt2Config, x: Tensor, from = 0) {
  const part = (t: Tensor, i: number) => splitHeads(ops.slice(t, -1, i * E, (i + 1) * E), heads);
  return p.in("c_attn", (p) => {
    if (from === 0) {
      const qkv = conv1d(p, x, 3 * E);
      return { q: part(qkv, 0), k: part(qkv, 1), v: part(qkv, 2) };
    }
    const q = conv1d(p, ops.slice(x, 1, from, x.shape[1]!), 3 * E, { start: 0, end: E });
    const kv = conv1d(p, x, 3 * E, { start: E, end: 3 * E });
    return { q: part(q, 0), k: part(kv, 0), v: part(kv, 1) };
  });
}

/**
 * The decoder over whole sequences of one length that start at position 0.
 * @param embeds [B, S, E]
 * @param from positions before it are read by nobody (only their keys and values matter)
 * @param onKeysValues is handed each layer's keys and values [B, H, S, D], for a cache
 * @returns hidden states [B, S - from, E] after the final norm
 */
export function decode(
  p: Params,
  config: Gpt2Config,
  embeds: Tensor,
  from = 0,
  onKeysValues: (layer: number, keys: Tensor, values: Tensor) => void = () => {},
): Tensor {
  const S = embeds.shape[1]!;
  const x = ops.add(embeds, ops.slice(positionTable(p, config), 0, 0, S));
  return blocks(p, config, x, (layer) => {
    const first = layer === config.layers - 1 ? from : 0;
    return {
      asking: (t) => ops.slice(t, 1, first, S),
      attention: (p, x) => {
        const { q, k, v } = headsOf(p, config, x, first);
        onKeysValues(layer, k, v);
        return mergeHeads(attend(q, k, v, causalBias(p.graph, first, S)));
      },
    };
  });
}
