/**
 * One new token per beam against a cache in two parts: what all beams of a sample share, which a step only reads, and
 * each beam's own tokens, which a step copies to follow the beams.
 */
import { ops, type Tensor } from "../../graph/index.ts";
import { attentionScores, mergeHeads, type Params } from "../../nn/index.ts";
import type { Gpt2Config } from "./config.ts";
import { blocks, embedTokens, headsOf, positionTable } from "./forward.ts";

/** Keys and values of one layer. */
export interface KeysValues {
  readonly keys: Tensor;
  readonly values: Tensor;
}

export interface StepInputs {
  /** [B·K] int64: the new token of every beam. */
  readonly tokens: Tensor;
  /** [1] int64: the position of the new tokens. */
  readonly position: Tensor;
  /** [B·K] int64: the row of the cache that each beam continues. */
  readonly parents: Tensor;
  /** Per layer [B, H, P, D]: the prefix, and older tokens of all beams behind it. */
  readonly prefix: readonly KeysValues[];
  /** [B, 1, K, P]: 0 where a beam continues what is shared, -∞ where that is another's; absent, all continue all. */
  readonly sharedBias?: Tensor;
  /** Per layer [B·K, H, T, D]: the T newest tokens, none at first. */
  readonly generated: readonly KeysValues[];
}

/**
 * @param beams K
 * @returns `hidden` [B·K, E] after the final norm, and the cache with the new token at its end, [B·K, H, T + 1, D]
 */
export function cachedStep(
  p: Params,
  config: Gpt2Config,
  inputs: StepInputs,
  beams: number,
): { readonly hidden: Tensor; readonly generated: readonly KeysValues[] } {
  const { tokens, parents } = inputs;
  const rows = tokens.shape[0]!; // B·K
  const embeds = ops.add(embedTokens(p, config, tokens), ops.gather(positionTable(p, config), inputs.position));
  const generated: KeysValues[] = [];
  const attention = (p: Params, x: Tensor, layer: number): Tensor => {
    const { q, k, v } = headsOf(p, config, x);
    const old = inputs.generated[layer]!;
    const grown = (cache: Tensor, fresh: Tensor) => ops.concat([ops.gather(cache, parents), fresh], 2);
    const own = { keys: grown(old.keys, k), values: grown(old.values, v) }; // [B·K, H, T + 1, D]
    generated.push(own);
    return mergeHeads(attendToBoth(q, { ...inputs.prefix[layer]!, bias: inputs.sharedBias }, own, beams));
  };
  const hidden = blocks(p, config, ops.reshape(embeds, [rows, 1, config.width]), (layer) => ({
    asking: (t) => t,
    attention: (p, x) => attention(p, x, layer),
  }));
  return { hidden: ops.reshape(hidden, [rows, config.width]), generated };
}

interface Shared extends KeysValues {
  readonly bias: Tensor | undefined;
}

/** Attention of one query per beam to what its sample shares and its own tokens under one softmax: [B·K, H, 1, D]. */
function attendToBoth(q: Tensor, shared: Shared, own: KeysValues, K: number): Tensor {
  const [rows, H, , D] = q.shape as [number, number, number, number];
  const B = rows / K;
  const T = own.keys.shape[2]!;
  const bySample = (x: Tensor, width: number) => ops.transpose(ops.reshape(x, [B, K, H, width]), [0, 2, 1, 3]);
  const byBeam = (x: Tensor, width: number) => ops.reshape(ops.transpose(x, [0, 2, 1, 3]), [rows, H, 1, width]);

  const scores = attentionScores(bySample(q, D), shared.keys); // [B, H, K, P]
  const toShared = shared.bias === undefined ? scores : ops.add(scores, shared.bias);
  const toOwn = attentionScores(q, own.keys); // [B·K, H, 1, T]
  const shares = ops.softmax(ops.concat([toShared, bySample(toOwn, T)], -1)); // [B, H, K, P + T]
  const [sharesOfShared, sharesOfOwn] = ops.splitLike(shares, -1, shared.bias ?? toShared);
  const fromShared = byBeam(ops.matmul(sharesOfShared, shared.values), D);
  const fromOwn = ops.matmul(byBeam(sharesOfOwn, T), own.values);
  return ops.add(fromShared, fromOwn);
}
