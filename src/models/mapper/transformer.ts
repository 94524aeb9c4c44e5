/** RegionFormer's mapper, the paper's Algorithm 1: a visual vector becomes prefix tokens of the decoder. */
import { ops, type Tensor } from "../../graph/index.ts";
import { attend, linear, mergeHeads, norm, type Params, splitHeads } from "../../nn/index.ts";
import type { MapperConfig } from "./config.ts";

const epsilon = 1e-5;

/**
 * @param visual [B, C] float32
 * @returns prefix [B, P, E] float32
 */
export function transformerMapper(p: Params, config: MapperConfig, visual: Tensor): Tensor {
  const { prefixLength: P, latentLength: L, decoderWidth: E, layers } = config;
  const B = visual.shape[0]!;
  const unpacked = p.in("linear", (p) => linear(p, visual, L * E)); // [B, L·E]
  const latents = ops.reshape(unpacked, [B, L, E]);
  const learned = ops.expand(p.get("prefix_const", [P, E]), [B, P, E]);
  let x = ops.concat([latents, learned], 1); // [B, L + P, E]
  for (let i = 0; i < layers; i++) {
    // Only the prefix leaves the last layer, so only the prefix asks there.
    const from = i === layers - 1 ? L : 0;
    x = p.in(`transformer.layers.${i}`, (p) => layer(p, config, x, from));
  }
  return x; // [B, P, E]
}

/** x += Attention(LN(x)); x += MLP(LN(x)), for the positions from `from` on. */
function layer(p: Params, config: MapperConfig, x: Tensor, from: number): Tensor {
  const normed = p.in("norm1", (p) => norm(p, x, epsilon));
  const asking = (t: Tensor) => ops.slice(t, 1, from, t.shape[1]!);
  const attended = ops.add(
    asking(x),
    p.in("attn", (p) => attention(p, config, asking(normed), normed)),
  );
  const normed2 = p.in("norm2", (p) => norm(p, attended, epsilon));
  return ops.add(
    attended,
    p.in("mlp", (p) => mlp(p, config, normed2)),
  );
}

function attention(p: Params, { heads, decoderWidth: E }: MapperConfig, queries: Tensor, all: Tensor): Tensor {
  const q = p.in("to_queries", (p) => linear(p, queries, E, { bias: false }));
  const kv = p.in("to_keys_values", (p) => linear(p, all, 2 * E, { bias: false }));
  const [k, v] = [ops.slice(kv, -1, 0, E), ops.slice(kv, -1, E, 2 * E)];
  const context = attend(splitHeads(q, heads), splitHeads(k, heads), splitHeads(v, heads));
  return p.in("project", (p) => linear(p, mergeHeads(context), E));
}

function mlp(p: Params, { mlpRatio, decoderWidth: E }: MapperConfig, x: Tensor): Tensor {
  const hidden = ops.relu(p.in("fc1", (p) => linear(p, x, mlpRatio * E)));
  return p.in("fc2", (p) => linear(p, hidden, E));
}
