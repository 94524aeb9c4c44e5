/**
 * GPT-2 over sequences of different lengths without any padding in its products: their positions lie one after the
 * other as the rows of one matrix, and only the attention between them sees a padded view.
 */
import { type AxisNames, type Graph, ops, type Tensor } from "../../graph/index.ts";
import { attend, conv1d, type Dropout, noDropout, type Params } from "../../nn/index.ts";
import type { Gpt2Config } from "./config.ts";
import { blocks, positionTable } from "./forward.ts";
import { type PackedSizes, packedAxes } from "./packing.ts";

/** Where the heads of some rows are in the padded view that attention needs. */
interface HeadView {
  /** int64 [G·H, length]: for each head of a sequence and each place in it, which of the rows' heads stands there. */
  readonly toSequences: Tensor;
  /** int64 [rows, H]: for each head of a row its place in the view. */
  readonly toRows: Tensor;
}

/** The inputs that say how sequences are packed; `packSequences` makes their arrays. */
export interface PackedLayout {
  /** int64 [N]: the position of each row in its sequence. */
  readonly positions: Tensor;
  readonly heads: HeadView;
  /** float32 [S, S]: 0 where a query may look, -Infinity where it may not. */
  readonly causal: Tensor;
  /** What the last block computes: the rows that somebody asks about. */
  readonly asked: {
    /** int64 [A]: the rows that are asked. */
    readonly rows: Tensor;
    /** int64 [N]: for each row its place among the asked ones. */
    readonly places: Tensor;
    readonly heads: HeadView;
    /** float32 [Q, S]: as `causal`, for the asked part of each sequence. */
    readonly causal: Tensor;
  };
}

/** Declares the inputs of a layout, built for the given sizes and good for any. */
export function declareLayout(graph: Graph, { heads: H }: Gpt2Config, sizes: PackedSizes): PackedLayout {
  const { rows: N, asked: A, sequences: G, length: S, askedLength: Q } = sizes;
  const integers = (name: string, shape: readonly number[], axes: AxisNames) =>
    graph.input(`layout/${name}`, "int64", shape, axes);
  const bias = (name: string, shape: readonly number[], axes: AxisNames) =>
    graph.input(`layout/${name}`, "float32", shape, axes);
  const { rows, asked, heads, length, askedLength } = packedAxes;
  return {
    positions: integers("positions", [N], [rows]),
    heads: {
      toSequences: integers("toSequences", [G * H, S], [heads, length]),
      toRows: integers("toRows", [N, H], [rows, undefined]),
    },
    causal: bias("causal", [S, S], [length, length]),
    asked: {
      rows: integers("asked", [A], [asked]),
      places: integers("askedPlaces", [N], [rows]),
      heads: {
        toSequences: integers("askedToSequences", [G * H, Q], [heads, askedLength]),
        toRows: integers("askedToRows", [A, H], [asked, undefined]),
      },
      causal: bias("askedCausal", [Q, S], [askedLength, length]),
    },
  };
}

/** [rows, E] → [G·H, length, D]. */
function intoSequences(x: Tensor, view: HeadView, D: number): Tensor {
  const [, H] = view.toRows.shape as [number, number];
  return ops.rearrange(ops.reshape(x, [-1, H, D]), view.toSequences, view.toRows);
}

/** [G·H, length, D] → [rows, E]. */
function intoRows(x: Tensor, view: HeadView): Tensor {
  const [, H] = view.toRows.shape as [number, number];
  const D = x.shape.at(-1)!;
  return ops.reshape(ops.rearrange(x, view.toRows, view.toSequences), [-1, H * D]);
}

/**
 * @param embeds [N, E] the rows of all sequences, without positions
 * @param dropout of embeddings, attention weights and both residual branches, as GPT-2 is trained
 * @returns hidden states [A, E] of the asked rows, after the final norm
 */
export function decodePacked(
  p: Params,
  config: Gpt2Config,
  embeds: Tensor,
  layout: PackedLayout,
  dropout: Dropout = noDropout,
): Tensor {
  const { width: E, heads } = config;
  const D = E / heads;
  const { asked } = layout;
  const x = dropout(ops.add(embeds, ops.gather(positionTable(p, config), layout.positions)), "embedding", [
    packedAxes.rows,
  ]);
  return blocks(p, config, x, (layer) => {
    const isLast = layer === config.layers - 1;
    const asking = (t: Tensor) => (isLast ? ops.rearrange(t, asked.rows, asked.places) : t);
    const queries = isLast ? asked : layout;
    const [rows, length] = isLast ? [packedAxes.asked, packedAxes.askedLength] : [packedAxes.rows, packedAxes.length];
    return {
      asking,
      dropout: (t, site) => dropout(t, site, [rows]),
      attention: (p, normed) => {
        const part = (i: number, of: Tensor) =>
          p.in("c_attn", (p) => conv1d(p, of, 3 * E, { start: i * E, end: (i + 1) * E }));
        // Three products: parts of one would have to be copied out of it, and their gradients into one again.
        const q = intoSequences(part(0, asking(normed)), queries.heads, D);
        const k = intoSequences(part(1, normed), layout.heads, D);
        const v = intoSequences(part(2, normed), layout.heads, D);
        const dropWeights: Dropout = (t, site) => dropout(t, site, [packedAxes.heads, length, packedAxes.length]);
        return intoRows(attend(q, k, v, queries.causal, dropWeights), queries.heads);
      },
    };
  });
}
