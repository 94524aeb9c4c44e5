/** The transformer layer that both towers of CLIP are made of. */
import { ops, type Tensor } from "../../graph/index.ts";
import { attend, linear, mergeHeads, norm, type Params, splitHeads } from "../../nn/index.ts";

export interface ClipLayerConfig {
  /** E: width of the hidden states. */
  readonly width: number;
  readonly heads: number;
  /** Width inside the MLP. */
  readonly innerWidth: number;
  readonly epsilon: number;
}

/**
 * x += Attention(LN(x)); x += MLP(LN(x)).
 * @param x [B, S, E]
 * @param options `rows`: only the first positions are computed; `bias`: added to the scores, broadcast to [B, H, rows, S]
 */
export function clipLayer(
  p: Params,
  config: ClipLayerConfig,
  x: Tensor,
  { rows = x.shape[1]!, bias }: { readonly rows?: number; readonly bias?: Tensor } = {},
): Tensor {
  const normed = p.in("layer_norm1", (p) => norm(p, x, config.epsilon));
  const asking = (t: Tensor) => ops.slice(t, 1, 0, rows);
  const attended = ops.add(
    asking(x),
    p.in("self_attn", (p) => attention(p, config, asking(normed), normed, bias)),
  );
  const normed2 = p.in("layer_norm2", (p) => norm(p, attended, config.epsilon));
  return ops.add(
    attended,
    p.in("mlp", (p) => mlp(p, config, normed2)),
  );
}

function attention(p: Params, { heads, width: E }: ClipLayerConfig, queries: Tensor, all: Tensor, bias?: Tensor) {
  const project = (name: string, x: Tensor) =>
    splitHeads(
      p.in(name, (p) => linear(p, x, E)),
      heads,
    );
  const context = attend(project("q_proj", queries), project("k_proj", all), project("v_proj", all), bias);
  return p.in("out_proj", (p) => linear(p, mergeHeads(context), E));
}

function mlp(p: Params, { innerWidth, width: E }: ClipLayerConfig, x: Tensor): Tensor {
  const hidden = p.in("fc1", (p) => linear(p, x, innerWidth));
  return p.in("fc2", (p) => linear(p, quickGelu(hidden), E));
}

/** x·σ(1.702·x), CLIP's approximation of GELU. */
function quickGelu(x: Tensor): Tensor {
  return ops.mul(x, ops.sigmoid(ops.mul(x, 1.702)));
}
