/**
 * One new token for every beam of a row, against a cache that the beams of a row have in common and no step copies: the
 * prefix and the tokens that any of them generated. A bias tells each beam which of those it continues.
 */
import { float32 } from "../../base/arrays.ts";
import { type Graph, ops, type Tensor } from "../../graph/index.ts";
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
  /** Per layer [B, H, P, D]. */
  readonly prefix: readonly KeysValues[];
  /** Per layer [B, H, G, D]: generated tokens of all beams of a row, in any order, and places not in use. */
  readonly generated: readonly KeysValues[];
  /** [B, 1, K, G]: 0 where a beam continues a generated token, -∞ where that is another's or none. */
  readonly bias: Tensor;
}

/**
 * @param beams K
 * @returns `hidden` [B·K, E] after the final norm, and per layer the keys and values of the new tokens, [B, H, K, D]
 */
export function cachedStep(
  p: Params,
  config: Gpt2Config,
  { tokens, position, prefix, generated, bias }: StepInputs,
  beams: number,
): { readonly hidden: Tensor; readonly fresh: readonly KeysValues[] } {
  const rows = tokens.shape[0]! / beams;
  const fresh: KeysValues[] = [];
  const own = ownBias(p.graph, beams);
  const embeds = ops.add(embedTokens(p, config, tokens), ops.gather(positionTable(p, config), position));
  const hidden = blocks(p, config, ops.reshape(embeds, [rows, beams, config.width]), (layer) => ({
    asking: (t) => t,
    attention: (p, x) => {
      const { q, k: keys, v: values } = headsOf(p, config, x);
      fresh.push({ keys, values });
      const parts = [prefix[layer]!, { keys, values, bias: own }, { ...generated[layer]!, bias }];
      return mergeHeads(attendToAll(q, parts));
    },
  }));
  return { hidden: ops.reshape(hidden, [rows * beams, config.width]), fresh };
}

/** [K, K]: of the new tokens, each beam sees its own. */
function ownBias(graph: Graph, beams: number): Tensor {
  const data = new Float32Array(beams * beams).fill(Number.NEGATIVE_INFINITY);
  for (let beam = 0; beam < beams; beam++) data[beam * (beams + 1)] = 0;
  return graph.constant(float32([beams, beams], data));
}

interface Part extends KeysValues {
  readonly bias?: Tensor;
}

/**
 * Attention to keys that lie in several tensors, under one softmax.
 * @param q [B, H, K, D]
 * @param parts of any lengths; that of the last may be another in each run
 * @returns [B, H, K, D]
 */
function attendToAll(q: Tensor, parts: readonly Part[]): Tensor {
  const scores = parts.map(({ keys, bias }) => {
    const toPart = attentionScores(q, keys);
    return bias === undefined ? toPart : ops.add(toPart, bias);
  });
  const weights = ops.softmax(ops.concat(scores, -1));
  let from = 0;
  return parts
    .map(({ keys, values }) => {
      const start = from;
      from += keys.shape[2]!;
      return ops.matmul(ops.slice(weights, -1, start, from), values);
    })
    .reduce(ops.add);
}
