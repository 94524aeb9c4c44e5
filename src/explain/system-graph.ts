/** The whole system as one graph, from pixels to the log-probability of each word, so that it can be asked backwards. */
import { float32, int64 } from "../base/arrays.ts";
import { ModelError } from "../base/errors.ts";
import { Graph, gradients, ops, type Tensor } from "../graph/index.ts";
import { type CaptionerConfig, joinTensors, sentenceLosses, type VisualInput } from "../models/captioner/index.ts";
import { type EncoderConfig, embedImages } from "../models/clip/index.ts";
import { mapperPrefix } from "../models/mapper/index.ts";
import { attentionWeights, Params } from "../nn/index.ts";
import { type Stream, streamsOf } from "./subject.ts";

export interface SystemConfig {
  readonly encoder: EncoderConfig;
  readonly captioner: CaptionerConfig;
  readonly input: VisualInput;
}

export interface SystemShape {
  /** B: questions answered together. */
  readonly rows: number;
  /** T: tokens of the longest sentence. */
  readonly captionLength: number;
}

/** A named set of outputs: what one session computes. */
export type Outputs = Record<string, Tensor>;

interface SystemGraph {
  readonly graph: Graph;
  /** [B, 3, S, S] by stream. */
  readonly pixels: ReadonlyMap<Stream, Tensor>;
  /** [B, predictions] -log p of each target. */
  readonly losses: Tensor;
  /** [B, predictions] an input: what each target counts in the score. */
  readonly weights: Tensor;
}

/**
 * Inputs: `image` and `mask` [B, 3, S, S] as the mode reads them, `tokens` [B, T - 1], `targets` [B·predictions].
 * @param from the first position that predicts: P - 1 for the T tokens of the sentence, 0 for the P - 1 places before it too
 */
function systemGraph({ encoder, captioner, input }: SystemConfig, shape: SystemShape, from: number): SystemGraph {
  const { rows: B, captionLength: T } = shape;
  const graph = new Graph(`explained-system ${B}×${T}`);
  const p = new Params(graph);
  const S = encoder.imageSize;
  const pixels = new Map(
    streamsOf(input.mode).map((stream) => [stream, graph.input(stream, "float32", [B, 3, S, S])] as const),
  );
  const embeddings = embedImages(p, encoder, ops.concat([...pixels.values()], 0)); // [streams·B, C]
  const of = Object.fromEntries(
    [...pixels.keys()].map((stream, i) => [stream, ops.slice(embeddings, 0, i * B, (i + 1) * B)]),
  );
  const predictions = captioner.mapper.prefixLength + T - 1 - from;
  const batch = {
    visual: joinTensors(of, input),
    tokens: graph.input("tokens", "int64", [B, T - 1]),
    targets: graph.input("targets", "int64", [B * predictions]),
  };
  const losses = sentenceLosses(p, captioner, batch, from);
  return { graph, pixels, losses, weights: graph.input("weights", "float32", [B, predictions]) };
}

/** Σ weight · log p over the batch: its rows do not meet, so its derivative by a row's pixels is that row's own. */
function score({ losses, weights }: SystemGraph): Tensor {
  return ops.neg(ops.reduceSum(ops.mul(losses, weights)));
}

function lastPrefixPosition({ captioner }: SystemConfig): number {
  return captioner.mapper.prefixLength - 1;
}

/** `logProbabilities` [B, T]. */
export function scoreGraph(config: SystemConfig, shape: SystemShape): Outputs {
  return { logProbabilities: ops.neg(systemGraph(config, shape, lastPrefixPosition(config)).losses) };
}

/** The output that belongs to a stream; its bare name is the input's. */
export function gradientOf(stream: Stream): string {
  return `gradient.${stream}`;
}

/** `logProbabilities` [B, T], and the gradient of the score by each stream's pixels, `gradient.<stream>` [B, 3, S, S]. */
export function pixelGradientGraph(config: SystemConfig, shape: SystemShape): Outputs {
  const system = systemGraph(config, shape, lastPrefixPosition(config));
  const derivatives = gradients(score(system), [...system.pixels.values()]);
  const named = [...system.pixels.keys()].map((stream, i) => [gradientOf(stream), derivatives[i]!] as const);
  return { logProbabilities: ops.neg(system.losses), ...Object.fromEntries(named) };
}

/** Mean over layers, heads and queries of [R, H, queries, keys], as if each layer had `queries` queries: [R, keys]. */
function meanOverLayers(layers: readonly Tensor[], queries: number): Tensor {
  const [, H] = layers[0]!.shape as [number, number];
  const sums = layers.map((layer) => ops.reduceSum(layer, [1, 2]));
  return ops.mul(
    sums.reduce((a, b) => ops.add(a, b)),
    1 / (layers.length * H * queries),
  );
}

/**
 * LeGrad over the encoder: the score's gradient by the attention of each layer, its positive part, mean over layers, heads
 * and queries. Outputs `gradient.<stream>` [B, N], the class token's own column left out.
 * @throws ModelError for a residual network, which has no such layers
 */
export function encoderLegradGraph(config: SystemConfig, shape: SystemShape): Outputs {
  if (config.encoder.kind !== "vit") {
    throw new ModelError("LeGrad needs an encoder whose layers attend.", {
      where: "method legrad",
      expected: "a vision transformer",
      found: "a residual network, which is made of convolutions",
      remedy: "Ask with gradient-input, integrated-gradients or occlusion.",
    });
  }
  const system = systemGraph(config, shape, lastPrefixPosition(config));
  const attention = attentionWeights(system.graph, "vision_model");
  const positive = gradients(score(system), attention).map((gradient) => ops.relu(gradient));
  const keys = attention[0]!.shape.at(-1)!; // 1 + N; only the class token asks in the last layer, where the others' gradient is 0
  const mean = meanOverLayers(positive, keys);
  const { rows: B } = shape;
  const named = [...system.pixels.keys()].map(
    (stream, i) => [gradientOf(stream), ops.slice(ops.slice(mean, 0, i * B, (i + 1) * B), 1, 1, keys)] as const,
  );
  return { logProbabilities: ops.neg(system.losses), ...Object.fromEntries(named) };
}

/**
 * The mapper's attention from prefix positions to latent tokens (REFERENCE §7): `attention` [B, L], mean over heads, layers
 * and queries; `legrad` [B, L], the same mean over the positive part of the score's gradient by it. Targets and weights are over
 * all P + T - 1 predictions.
 * @throws ModelError for ClipCap's mapper, which has no attention
 */
export function latentGraph(config: SystemConfig, shape: SystemShape): Outputs {
  const { kind, latentLength: L, prefixLength: P } = config.captioner.mapper;
  if (kind !== "transformer") {
    throw new ModelError("The paper's map needs a mapper whose layers attend.", {
      where: "latent map",
      expected: "the transformer mapper",
      found: `the ${kind} mapper`,
      remedy: "Leave the latent map out; the spatial methods work with every mapper.",
    });
  }
  const system = systemGraph(config, shape, 0);
  const attention = attentionWeights(system.graph, mapperPrefix);
  const prefixToLatent = (layer: Tensor) =>
    ops.slice(ops.slice(layer, 2, layer.shape[2]! - P, layer.shape[2]!), 3, 0, L); // [B, H, P, L]
  const derivatives = gradients(score(system), attention);
  return {
    logProbabilities: ops.neg(system.losses),
    attention: meanOverLayers(attention.map(prefixToLatent), P),
    legrad: meanOverLayers(
      derivatives.map((gradient) => ops.relu(prefixToLatent(gradient))),
      P,
    ),
  };
}

/** A row of pixels, tokens, targets and weights as feeds; rows beyond the given ones are zeros, which count nothing. */
export interface FedRow {
  readonly pixels: Readonly<Record<Stream, Float32Array>>;
  /** At most T - 1. */
  readonly tokens: readonly number[];
  /** At most as many as predictions; both of one length. */
  readonly targets: readonly number[];
  readonly weights: readonly number[];
}

export function systemFeeds(
  rows: readonly FedRow[],
  inputs: ReadonlyMap<string, { readonly shape: readonly number[] }>,
) {
  const feeds = new Map<string, ReturnType<typeof float32> | ReturnType<typeof int64>>();
  for (const [name, { shape }] of inputs) {
    const size = shape.reduce((a, b) => a * b, 1);
    const width = name === "targets" ? size / inputs.get("tokens")!.shape[0]! : size / shape[0]!;
    const at = (row: FedRow): ArrayLike<number> =>
      name === "image" || name === "mask" ? row.pixels[name] : row[name as "tokens" | "targets" | "weights"];
    const data = new Float32Array(size);
    rows.forEach((row, i) => {
      data.set(at(row), i * width);
    });
    feeds.set(name, name === "tokens" || name === "targets" ? int64(shape, [...data]) : float32(shape, data));
  }
  return feeds;
}
