/** ClipCap's mapper: two linear layers with a tanh between them. */
import { ops, type Tensor } from "../../graph/index.ts";
import { linear, type Params } from "../../nn/index.ts";
import type { MapperConfig } from "./config.ts";

/**
 * @param visual [B, C] float32
 * @returns prefix [B, P, E] float32
 */
export function mlpMapper(p: Params, { prefixLength: P, decoderWidth: E }: MapperConfig, visual: Tensor): Tensor {
  const hidden = ops.tanh(p.in("model.0", (p) => linear(p, visual, Math.floor((E * P) / 2))));
  const flat = p.in("model.2", (p) => linear(p, hidden, E * P));
  return ops.reshape(flat, [visual.shape[0]!, P, E]);
}
