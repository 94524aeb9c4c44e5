/** The whole system as one graph, from pixels to the log-probability of each word, so that it can be asked backwards. */
import { float32, int64 } from "../base/arrays.ts";
import { Graph, gradients, ops, type Tensor } from "../graph/index.ts";
import { type CaptionerConfig, joinTensors, sentenceLosses, type VisualInput } from "../models/captioner/index.ts";
import { type EncoderConfig, embedImages } from "../models/clip/index.ts";
import { Params } from "../nn/index.ts";
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

export interface SystemInputs {
  readonly p: Params;
  /** [B, 3, S, S] by stream. */
  readonly pixels: ReadonlyMap<Stream, Tensor>;
}

/** A new graph with the inputs `image` and `mask` [B, 3, S, S], as the mode reads them. */
export function systemInputs(
  { encoder, input }: SystemConfig,
  { rows: B, captionLength: T }: SystemShape,
): SystemInputs {
  const graph = new Graph(`explained-system ${B}×${T}`);
  const shape = [B, 3, encoder.imageSize, encoder.imageSize];
  const pixels = streamsOf(input.mode).map((stream) => [stream, graph.input(stream, "float32", shape)] as const);
  return { p: new Params(graph), pixels: new Map(pixels) };
}

/** The squares of all streams, one stream after the other: [streams·B, 3, S, S]. */
export function allSquares({ pixels }: SystemInputs): Tensor {
  return ops.concat([...pixels.values()], 0);
}

export interface SystemLosses {
  /** [K·B, predictions] -log p of each target. */
  readonly losses: Tensor;
  /** [B, predictions] an input: what each target counts in the score. */
  readonly weights: Tensor;
}

/**
 * From embeddings to words. Inputs: `tokens` [B, T - 1], `targets` [B·predictions], `weights`.
 * @param embeddings [K·streams·B, C]: K of each square, the first of all squares in front
 * @param from the first position that predicts: P - 1 for the T tokens of the sentence, 0 for the P - 1 places before it too
 */
export function systemLosses(
  { captioner, input }: SystemConfig,
  { rows: B, captionLength: T }: SystemShape,
  p: Params,
  embeddings: Tensor,
  from: number,
): SystemLosses {
  const { graph } = p;
  const streams = streamsOf(input.mode);
  const [all, C] = embeddings.shape as [number, number];
  const K = all / (streams.length * B);
  const byStream = ops.reshape(embeddings, [K, streams.length, B, C]);
  const of = Object.fromEntries(
    streams.map((stream, i) => [stream, ops.reshape(ops.slice(byStream, 1, i, i + 1), [K * B, C])]),
  );
  const predictions = captioner.mapper.prefixLength + T - 1 - from;
  const repeated = (x: Tensor) => ops.concat(new Array<Tensor>(K).fill(x), 0);
  const sentences = {
    visual: joinTensors(of, input),
    tokens: repeated(graph.input("tokens", "int64", [B, T - 1])),
    targets: repeated(graph.input("targets", "int64", [B * predictions])),
  };
  const losses = sentenceLosses(p, captioner, sentences, from);
  return { losses, weights: graph.input("weights", "float32", [B, predictions]) };
}

/** The system as it is: one embedding of each square. */
export function systemGraph(config: SystemConfig, shape: SystemShape, from: number): SystemInputs & SystemLosses {
  const inputs = systemInputs(config, shape);
  const embeddings = embedImages(inputs.p, config.encoder, allSquares(inputs));
  return { ...inputs, ...systemLosses(config, shape, inputs.p, embeddings, from) };
}

/** Σ weight · log p over the batch: its rows do not meet, so its derivative by a row's pixels is that row's own. */
export function batchScore({ losses, weights }: SystemLosses): Tensor {
  return ops.neg(ops.reduceSum(ops.mul(losses, weights)));
}

/** The position that predicts the sentence's first token. */
export function lastPrefixPosition({ captioner }: SystemConfig): number {
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
  const derivatives = gradients(batchScore(system), [...system.pixels.values()]);
  const named = [...system.pixels.keys()].map((stream, i) => [gradientOf(stream), derivatives[i]!] as const);
  return { logProbabilities: ops.neg(system.losses), ...Object.fromEntries(named) };
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
