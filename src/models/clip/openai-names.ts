/**
 * CLIP under OpenAI's own tensor names (`visual.*`): what OpenAI's `.pt` files and open_clip's folders hold. They carry
 * no configuration that both share, so the sizes are read off the shapes, as OpenAI's loader does.
 */
import type { HostArray, Shape } from "../../base/arrays.ts";
import { ModelError } from "../../base/errors.ts";
import type { ClipVisionConfig } from "./config.ts";
import type { EncoderConfig } from "./encoder.ts";
import { type ResNetConfig, resNetReduction } from "./resnet.ts";

/** Shapes of the stored tensors by name. */
export type StoredShapes = ReadonlyMap<string, { readonly shape: Shape }>;

/** Width of a head in every model that OpenAI published. */
export const openAiHeadWidth = 64;

/** @throws ModelError when the tensors are not those of a CLIP image encoder */
export function configOfOpenAiNames(stored: StoredShapes, where: string): EncoderConfig {
  const size = (name: string, axis: number): number => {
    const found = stored.get(`visual.${name}`)?.shape[axis];
    if (found !== undefined) return found;
    throw new ModelError("The weights are not those of a CLIP image encoder.", {
      where: `${where}, tensor "visual.${name}"`,
      expected: "CLIP under OpenAI's names, a vision transformer or a residual network",
      found: `none of that name among ${stored.size} tensors`,
    });
  };
  return stored.has("visual.proj") ? transformerOf(size, stored) : resNetOf(size, stored);
}

type SizeOf = (name: string, axis: number) => number;

function transformerOf(size: SizeOf, stored: StoredShapes): ClipVisionConfig {
  const width = size("conv1.weight", 0);
  const patchSize = size("conv1.weight", 2);
  return {
    kind: "vit",
    imageSize: patchSize * Math.round(Math.sqrt(size("positional_embedding", 0) - 1)),
    patchSize,
    width,
    layers: countOf(stored, /^visual\.transformer\.resblocks\.(\d+)\.ln_1\.weight$/),
    heads: Math.max(1, Math.floor(width / openAiHeadWidth)),
    innerWidth: size("transformer.resblocks.0.mlp.c_fc.weight", 0),
    projectionWidth: size("proj", 1),
    epsilon: 1e-5,
  };
}

function resNetOf(size: SizeOf, stored: StoredShapes): ResNetConfig {
  const width = size("layer1.0.conv1.weight", 0);
  const grid = Math.round(Math.sqrt(size("attnpool.positional_embedding", 0) - 1));
  return {
    kind: "resnet",
    imageSize: grid * resNetReduction,
    width,
    stages: [1, 2, 3, 4].map((i) => countOf(stored, new RegExp(`^visual\\.layer${i}\\.(\\d+)\\.conv1\\.weight$`))),
    heads: Math.max(1, Math.floor((width * 32) / openAiHeadWidth)),
    projectionWidth: size("attnpool.c_proj.weight", 0),
  };
}

function countOf(stored: StoredShapes, pattern: RegExp): number {
  return [...stored.keys()].filter((name) => pattern.test(name)).length;
}

/** How a parameter of the vision transformer is found under OpenAI's names. */
export interface OpenAiSource {
  readonly name: string;
  /** Shape of the stored tensor. */
  readonly shape: Shape;
  convert(stored: HostArray): HostArray;
}

const renamed: readonly (readonly [RegExp, string])[] = [
  [/^vision_model\.embeddings\.class_embedding$/, "class_embedding"],
  [/^vision_model\.embeddings\.patch_embedding\.weight$/, "conv1.weight"],
  [/^vision_model\.embeddings\.position_embedding\.weight$/, "positional_embedding"],
  [/^vision_model\.pre_layrnorm\.(\w+)$/, "ln_pre.$1"],
  [/^vision_model\.post_layernorm\.(\w+)$/, "ln_post.$1"],
  [/^vision_model\.encoder\.layers\.(\d+)\.layer_norm(\d)\.(\w+)$/, "transformer.resblocks.$1.ln_$2.$3"],
  [/^vision_model\.encoder\.layers\.(\d+)\.self_attn\.out_proj\.(\w+)$/, "transformer.resblocks.$1.attn.out_proj.$2"],
  [/^vision_model\.encoder\.layers\.(\d+)\.mlp\.fc1\.(\w+)$/, "transformer.resblocks.$1.mlp.c_fc.$2"],
  [/^vision_model\.encoder\.layers\.(\d+)\.mlp\.fc2\.(\w+)$/, "transformer.resblocks.$1.mlp.c_proj.$2"],
];
const stacked = /^vision_model\.encoder\.layers\.(\d+)\.self_attn\.([qkv])_proj\.(weight|bias)$/;

/**
 * Where OpenAI's files keep a parameter of the transformer: queries, keys and values are one stacked tensor there, and
 * the projection is transposed.
 * @param name Hugging Face's name of the parameter
 * @param shape its shape under that name
 */
export function openAiSource(name: string, shape: Shape): OpenAiSource {
  const asItIs = (stored: HostArray) => stored;
  if (name === "visual_projection.weight") {
    return { name: "visual.proj", shape: [...shape].reverse(), convert: transposed };
  }
  const [, layer, part, kind] = stacked.exec(name) ?? [];
  if (layer !== undefined) {
    const from = "qkv".indexOf(part!) * shape[0]!;
    return {
      name: `visual.transformer.resblocks.${layer}.attn.in_proj_${kind}`,
      shape: [3 * shape[0]!, ...shape.slice(1)],
      convert: (stored) => rowsOf(stored, from, shape),
    };
  }
  const rule = renamed.find(([pattern]) => pattern.test(name));
  const stored = rule === undefined ? name : name.replace(rule[0], rule[1]);
  return { name: `visual.${stored}`, shape, convert: asItIs };
}

function rowsOf(stored: HostArray, from: number, shape: Shape): HostArray {
  const width = stored.data.length / stored.shape[0]!;
  return {
    dtype: "float32",
    shape,
    data: (stored.data as Float32Array).slice(from * width, (from + shape[0]!) * width),
  };
}

function transposed(stored: HostArray): HostArray {
  const [rows, columns] = stored.shape as [number, number];
  const from = stored.data as Float32Array;
  const data = Float32Array.from(from, (_, i) => from[(i % rows) * columns + Math.floor(i / rows)]!);
  return { dtype: "float32", shape: [columns, rows], data };
}
