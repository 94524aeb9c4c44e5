/**
 * CLIP's residual networks: three convolutions in front instead of one, average pools in front of strided convolutions
 * instead of strides, attention instead of a mean at the end. Official names `visual.*`, as OpenAI's files have them.
 */
import { ops, type Tensor } from "../../graph/index.ts";
import { attend, linear, mergeHeads, type Params, splitHeads } from "../../nn/index.ts";

export interface ResNetConfig {
  readonly kind: "resnet";
  /** Side of the square input in pixels. */
  readonly imageSize: number;
  /** Channels of the first stage's convolutions. */
  readonly width: number;
  /** Blocks of each of the four stages. */
  readonly stages: readonly number[];
  /** Heads of the attention at the end. */
  readonly heads: number;
  /** C: width of the embedding. */
  readonly projectionWidth: number;
}

/** Input pixels per position of the last stage, along each side. */
export const resNetReduction = 32;
/** Output channels of a block, as a multiple of its inner ones. */
const expansion = 4;
/** PyTorch's default for batch normalisation. */
const epsilon = 1e-5;

/**
 * Pooled image embeddings, not normalised.
 * @param pixels [B, 3, imageSize, imageSize] float32, normalised by CLIP's mean and deviation
 * @returns [B, C] float32
 */
export function encodeWithResNet(p: Params, config: ResNetConfig, pixels: Tensor): Tensor {
  const { width, stages } = config;
  return p.in("visual", (p) => {
    let x = convolution(p, 1, pixels, width / 2, { size: 3, stride: 2 });
    x = ops.relu(x);
    x = ops.relu(convolution(p, 2, x, width / 2, { size: 3 }));
    x = ops.relu(convolution(p, 3, x, width, { size: 3 }));
    x = ops.averagePool(x, 2);
    for (const [i, blocks] of stages.entries()) {
      for (let j = 0; j < blocks; j++) {
        const stride = i > 0 && j === 0 ? 2 : 1;
        x = p.in(`layer${i + 1}.${j}`, (p) => block(p, x, width * 2 ** i, stride));
      }
    }
    return p.in("attnpool", (p) => attentionPool(p, config, x));
  });
}

/** Three convolutions around a shortcut; the shortcut has one of its own where the shape changes. */
function block(p: Params, x: Tensor, planes: number, stride: number): Tensor {
  const pooled = (t: Tensor) => (stride > 1 ? ops.averagePool(t, stride) : t);
  let inner = ops.relu(convolution(p, 1, x, planes, { size: 1 }));
  inner = ops.relu(convolution(p, 2, inner, planes, { size: 3 }));
  inner = convolution(p, 3, pooled(inner), planes * expansion, { size: 1 });
  const changes = stride > 1 || x.shape[1] !== planes * expansion;
  const shortcut = changes
    ? p.in("downsample", (p) =>
        normalisedConvolution(p, ["0", "1"], pooled(x), planes * expansion, { size: 1, stride: 1 }),
      )
    : x;
  return ops.relu(ops.add(inner, shortcut));
}

interface Kernel {
  readonly size: number;
  readonly stride?: number;
}

function convolution(p: Params, number: number, x: Tensor, channels: number, kernel: Kernel): Tensor {
  return normalisedConvolution(p, [`conv${number}`, `bn${number}`], x, channels, kernel);
}

/**
 * A convolution without bias and the batch normalisation behind it, γ·(y - mean) / √(variance + ε) + β, as one
 * convolution: both are linear, so the factor goes into the kernel and the rest is a bias.
 */
function normalisedConvolution(
  p: Params,
  [convolutionName, normName]: readonly [string, string],
  x: Tensor,
  channels: number,
  { size, stride = 1 }: Kernel,
): Tensor {
  const { factor, offset } = p.in(normName, (p) => {
    const statistic = (name: string) => p.get(name, [channels]);
    const deviation = ops.sqrt(ops.add(statistic("running_var"), epsilon));
    const factor = ops.div(statistic("weight"), deviation);
    return { factor, offset: ops.sub(statistic("bias"), ops.mul(statistic("running_mean"), factor)) };
  });
  return p.in(convolutionName, (p) => {
    const kernel = p.get("weight", [channels, x.shape[1]!, size, size]);
    const scaled = ops.mul(kernel, ops.reshape(factor, [channels, 1, 1, 1]));
    return ops.conv2d(x, scaled, offset, { stride, padding: (size - 1) / 2 });
  });
}

/** Multi-head attention in which the mean over all positions asks: [B, E, h, w] → [B, C]. */
function attentionPool(p: Params, { heads, projectionWidth }: ResNetConfig, x: Tensor): Tensor {
  const [B, E, h, w] = x.shape as [number, number, number, number];
  const N = h * w;
  const places = ops.transpose(ops.reshape(x, [B, E, N]), [0, 2, 1]); // [B, N, E]
  const mean = ops.mul(ops.reduceSum(places, [1], true), 1 / N);
  const all = ops.add(ops.concat([mean, places], 1), p.get("positional_embedding", [1 + N, E])); // [B, 1 + N, E]
  const project = (name: string, t: Tensor) =>
    splitHeads(
      p.in(name, (p) => linear(p, t, E)),
      heads,
    );
  const context = attend(project("q_proj", ops.slice(all, 1, 0, 1)), project("k_proj", all), project("v_proj", all));
  return p.in("c_proj", (p) => linear(p, ops.reshape(mergeHeads(context), [B, E]), projectionWidth));
}
