/**
 * LeGrad (Bousselham et al., 2024): the positive part of a score's gradient by attention, over the encoder's layers and over the
 * mapper's, as the paper of the mapper has it.
 */
import { ModelError } from "../base/errors.ts";
import { gradients, ops, type Tensor, vectorJacobianProduct } from "../graph/index.ts";
import { hiddenStates, projectToken } from "../models/clip/index.ts";
import { mapperPrefix } from "../models/mapper/index.ts";
import { attentionWeights, unitLength } from "../nn/index.ts";
import {
  allSquares,
  batchScore,
  gradientOf,
  lastPrefixPosition,
  type Outputs,
  type SystemConfig,
  type SystemShape,
  systemGraph,
  systemInputs,
  systemLosses,
} from "./system-graph.ts";

/** Mean over layers, heads and queries of [R, H, queries, keys]: [R, keys]. */
function meanOverLayers(layers: readonly Tensor[]): Tensor {
  const [, H, queries] = layers[0]!.shape as [number, number, number];
  const sums = layers.map((layer) => ops.reduceSum(layer, [1, 2]));
  return ops.mul(
    sums.reduce((a, b) => ops.add(a, b)),
    1 / (layers.length * H * queries),
  );
}

/**
 * LeGrad over the encoder. Layer l has a score s^l of its own: that of the sentence when film and mask are embedded by the mean
 * of l's tokens, which goes through final norm and projection as the last class token does. The gradient of s^l by the attention of
 * layer l, its positive part, mean over layers, heads and queries. Outputs `logProbabilities` [B, T] of the system itself and
 * `gradient.<stream>` [B, N], the class token's own column left out.
 * @throws ModelError for a residual network, which has no such layers
 */
export function encoderLegradGraph(config: SystemConfig, shape: SystemShape): Outputs {
  const { encoder } = config;
  if (encoder.kind !== "vit") {
    throw new ModelError("LeGrad needs an encoder whose layers attend.", {
      where: "method legrad",
      expected: "a vision transformer",
      found: "a residual network, which is made of convolutions",
      remedy: "Ask with gradient-input, integrated-gradients or occlusion.",
    });
  }
  const { rows: B } = shape;
  const L = encoder.layers;
  const inputs = systemInputs(config, shape);
  const { p } = inputs;
  const states = hiddenStates(p, encoder, allSquares(inputs));
  const means = states.map((tokens) => ops.mul(ops.reduceSum(tokens, [1], true), 1 / tokens.shape[1]!)); // [streams·B, 1, E]
  const classToken = ops.slice(states.at(-1)!, 1, 0, 1); // the system's own
  const embeddings = unitLength(projectToken(p, encoder, ops.concat([...means, classToken], 0)));
  const { losses, weights } = systemLosses(config, shape, p, embeddings, lastPrefixPosition(config));
  const ofLayers = ops.reshape(ops.slice(losses, 0, 0, L * B), [L, B, losses.shape[1]!]);

  // The rows of mapper and decoder do not meet: one way back through them gives each layer's mean the gradient of that layer's
  // own score. From there it goes on through that layer alone; a way back through all would add the scores of later layers.
  const byMean = gradients(batchScore({ losses: ofLayers, weights }), means);
  const positive = attentionWeights(p.graph, "vision_model").map((attention, l) => {
    const [gradient] = vectorJacobianProduct(means[l]!, byMean[l]!, [attention]);
    return ops.relu(gradient!);
  });
  const mean = meanOverLayers(positive); // [streams·B, 1 + N]
  const maps = [...inputs.pixels.keys()].map((stream, i) => {
    const own = ops.slice(mean, 0, i * B, (i + 1) * B);
    return [gradientOf(stream), ops.slice(own, 1, 1, own.shape[1]!)] as const;
  });
  const logProbabilities = ops.neg(ops.slice(losses, 0, L * B, (L + 1) * B));
  return { logProbabilities, ...Object.fromEntries(maps) };
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
  const attention = attentionWeights(system.p.graph, mapperPrefix);
  const prefixToLatent = (layer: Tensor) =>
    ops.slice(ops.slice(layer, 2, layer.shape[2]! - P, layer.shape[2]!), 3, 0, L); // [B, H, P, L]
  const derivatives = gradients(batchScore(system), attention);
  return {
    logProbabilities: ops.neg(system.losses),
    attention: meanOverLayers(attention.map(prefixToLatent)),
    legrad: meanOverLayers(derivatives.map((gradient) => ops.relu(prefixToLatent(gradient)))),
  };
}
