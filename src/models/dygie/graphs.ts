/** The scorers of DyGIE++ over word vectors (METRICS §9.6 to §9.8), under the official names of its archive. */
import type { Shape } from "../../base/arrays.ts";
import { Graph, ops, type Tensor } from "../../graph/index.ts";
import { linear, Params } from "../../nn/index.ts";
import { parameterShapes } from "../parameter-shapes.ts";
import type { DygieConfig } from "./config.ts";

/** In front of the encoder's parameters. */
export const encoderPrefix = "_embedder.token_embedder_bert._matched_embedder.transformer_model.";

/**
 * Scores of N spans over W words of any number of reports. Inputs: `words` [W, E] float32; `starts`, `ends` [N] int64,
 * rows of `words`; `widths` [N] int64, words of a span less one. Outputs: `entities` [N, labels], a positive score where the
 * span is rather that than nothing; `mentions` [N], by which the spans that may have relations are chosen.
 */
export function spanGraph(config: DygieConfig, [W, N]: readonly [number, number]): Record<string, Tensor> {
  const graph = new Graph("radgraph-spans");
  const p = new Params(graph);
  const words = graph.input("words", "float32", [W, config.encoder.width]);
  const spans = spanVectors(p, config, words, "", N); // [N, D]
  const entities = p.in(`_ner._ner_scorers.${config.type}__ner_labels`, (p) =>
    scored(p, config, spans, config.entityLabels.length),
  );
  const mentions = p.in(`_relation._mention_pruners.${config.type}__relation_labels._scorer`, (p) =>
    scored(p, config, spans, 1),
  );
  return { entities, mentions: ops.reshape(mentions, [N]) };
}

/**
 * Scores of P ordered pairs of spans. Inputs: `words` as above; `headStarts`, `headEnds`, `headWidths`, `tailStarts`, … [P]
 * int64; `mentions` [P] float32, the sum of both spans' scores. Output: `relations` [P, labels].
 */
export function relationGraph(config: DygieConfig, [W, P]: readonly [number, number]): Record<string, Tensor> {
  const graph = new Graph("radgraph-relations");
  const p = new Params(graph);
  const words = graph.input("words", "float32", [W, config.encoder.width]);
  const mentions = graph.input("mentions", "float32", [P]);
  const head = graph.scope("head", () => spanVectors(p, config, words, "head", P));
  const tail = graph.scope("tail", () => spanVectors(p, config, words, "tail", P));
  const pairs = ops.concat([head, tail, ops.mul(head, tail)], 1); // [P, 3·D]
  const name = `${config.type}__relation_labels`;
  const hidden = p.in(`_relation._relation_feedforwards.${name}`, (p) => feedForward(p, config, pairs));
  const scores = p.in(`_relation._relation_scorers.${name}`, (p) => linear(p, hidden, config.relationLabels.length));
  return { relations: ops.add(scores, ops.reshape(mentions, [P, 1])) };
}

/** First word, last word, width: [N, 2·E + F]. */
function spanVectors(p: Params, config: DygieConfig, words: Tensor, side: string, N: number): Tensor {
  const index = (name: string) => {
    const full = side === "" ? name : `${side}${name[0]!.toUpperCase()}${name.slice(1)}`;
    return p.graph.input(full, "int64", [N]);
  };
  const widths = p.in("_endpoint_span_extractor._span_width_embedding", (p) =>
    p.get("weight", [config.maxSpanWidth, config.featureSize]),
  );
  const [starts, ends, lengths] = [index("starts"), index("ends"), index("widths")];
  return ops.concat([ops.gather(words, starts), ops.gather(words, ends), ops.gather(widths, lengths)], 1);
}

/** A feed-forward network and a linear layer behind it, as the original nests them. */
function scored(p: Params, config: DygieConfig, x: Tensor, width: number): Tensor {
  const hidden = p.in("0._module", (p) => feedForward(p, config, x));
  return p.in("1._module", (p) => linear(p, hidden, width));
}

function feedForward(p: Params, { hiddenSizes }: DygieConfig, x: Tensor): Tensor {
  return hiddenSizes.reduce(
    (hidden, width, i) => ops.relu(p.in(`_linear_layers.${i}`, (p) => linear(p, hidden, width))),
    x,
  );
}

/** Names and shapes of the scorers' parameters. */
export function dygieShapes(config: DygieConfig): Map<string, Shape> {
  const { entities, mentions } = spanGraph(config, [1, 1]);
  const { relations } = relationGraph(config, [1, 1]);
  return new Map([entities!, mentions!, relations!].flatMap((output) => [...parameterShapes(output)]));
}
