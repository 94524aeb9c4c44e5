/** The image encoders that OpenAI published, in a folder of open_clip under OpenAI's tensor names. */
import { z } from "zod";
import type { JsonObject } from "../../base/json.ts";
import { type ConfigKind, checkConfig } from "../check-config.ts";
import { type EncoderConfig, openAiHeadWidth, openAiShapes, openAiSpread } from "../clip/index.ts";
import { type Architecture, openClipLayout } from "./architecture.ts";
import { meanAndDeviation } from "./clip.ts";

type Sizes = Readonly<Record<string, number>>;

function vit(layers: number, width: number, patchSize: number, projection: number): Sizes {
  return { image_size: 224, layers, width, patch_size: patchSize, embed_dim: projection };
}

function resnet(
  stages: readonly [number, number, number, number],
  width: number,
  side: number,
  embedding: number,
): Sizes {
  const [layer1, layer2, layer3, layer4] = stages;
  return { image_size: side, layer1, layer2, layer3, layer4, width, embed_dim: embedding };
}

/** By open_clip's names, with the sizes that `--set` changes. */
const published: Readonly<Record<string, Sizes>> = {
  "ViT-B-32": vit(12, 768, 32, 512),
  "ViT-B-16": vit(12, 768, 16, 512),
  "ViT-L-14": vit(24, 1024, 14, 768),
  RN50: resnet([3, 4, 6, 3], 64, 224, 1024),
  RN101: resnet([3, 4, 23, 3], 64, 224, 512),
  RN50x4: resnet([4, 6, 10, 6], 80, 288, 640),
  RN50x16: resnet([6, 8, 18, 8], 96, 384, 768),
  RN50x64: resnet([3, 15, 36, 10], 128, 448, 1024),
};

const kind: ConfigKind = {
  describes: "an image encoder of open_clip",
  remedy: "Use the configuration that open_clip wrote beside the weights.",
};

const size = z.number().int().positive();
const fileSchema = z.object({
  model_cfg: z.object({
    embed_dim: size,
    vision_cfg: z.object({
      image_size: size,
      layers: z.union([size, z.tuple([size, size, size, size])]),
      width: size,
      patch_size: size.nullable(),
    }),
  }),
});

function files({ image_size, width, patch_size, embed_dim, layers, ...stages }: Sizes): Record<string, JsonObject> {
  const depth = layers ?? [stages.layer1, stages.layer2, stages.layer3, stages.layer4];
  return {
    [openClipLayout.config]: {
      model_cfg: {
        embed_dim,
        quick_gelu: true,
        vision_cfg: { image_size, layers: depth, width, patch_size: patch_size ?? null },
      },
      preprocess_cfg: { mean: meanAndDeviation.image_mean, std: meanAndDeviation.image_std },
    },
  };
}

function configOf(json: JsonObject, where: string): EncoderConfig {
  const { model_cfg } = checkConfig(fileSchema, json, where, kind);
  const { embed_dim: projectionWidth, vision_cfg } = model_cfg;
  const { image_size: imageSize, layers, width, patch_size: patchSize } = vision_cfg;
  const heads = (channels: number) => Math.max(1, Math.floor(channels / openAiHeadWidth));
  if (typeof layers !== "number") {
    return { kind: "resnet", imageSize, width, stages: layers, heads: heads(width * 32), projectionWidth };
  }
  const sizes = { imageSize, patchSize: patchSize ?? 32, width, layers, heads: heads(width), innerWidth: 4 * width };
  return { kind: "vit", ...sizes, projectionWidth, epsilon: 1e-5 };
}

/** The sizes of an encoder as a flat table. */
export function encoderSizes(config: EncoderConfig): Record<string, number> {
  const { kind: _, ...rest } = config;
  return Object.fromEntries(
    Object.entries(rest).flatMap(([key, value]): [string, number][] =>
      typeof value === "number" ? [[key, value]] : (value as number[]).map((blocks, i) => [`stage${i + 1}`, blocks]),
    ),
  );
}

function architecture(name: string, sizes: Sizes): Architecture {
  return {
    name,
    modelTypes: [], // no config.json says what they are; their tensors do
    layout: openClipLayout,
    sizes,
    tokenizer: "none",
    files,
    parameters(json, where) {
      const config = configOf(json, where);
      const shapes = openAiShapes(config);
      return {
        config: encoderSizes(config),
        shapes,
        storedName: () => (name) => name,
        spread: (name) => openAiSpread(shapes, name),
      };
    },
  };
}

export const openAiArchitectures: readonly Architecture[] = Object.entries(published).map(([name, sizes]) =>
  architecture(name, sizes),
);

/** The published model that has these sizes, by name; or only what kind it is. */
export function openAiName(config: EncoderConfig): string {
  const same = openAiArchitectures.find(({ sizes, files, parameters }) => {
    const theirs = parameters(files(sizes)[openClipLayout.config]!, openClipLayout.config).config;
    return JSON.stringify(theirs) === JSON.stringify(encoderSizes(config));
  });
  return same?.name ?? (config.kind === "vit" ? "a vision transformer of CLIP" : "a residual network of CLIP");
}
