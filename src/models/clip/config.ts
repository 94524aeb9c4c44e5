/** CLIP's vision tower: what `config.json` of a Hugging Face folder says, in our words. */
import { z } from "zod";
import { type ConfigKind, checkConfig } from "../check-config.ts";

export interface ClipVisionConfig {
  readonly kind: "vit";
  /** Side of the square input in pixels. */
  readonly imageSize: number;
  /** Side of a patch in pixels. */
  readonly patchSize: number;
  /** Width of the hidden states. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Width inside the MLP. */
  readonly innerWidth: number;
  /** C: width of the projected embedding. */
  readonly projectionWidth: number;
  readonly epsilon: number;
}

const kind: ConfigKind = {
  describes: "a CLIP vision model",
  remedy: "Choose a folder in the layout of openai/clip-vit-base-patch32.",
};

const size = z.number().int().positive();

/** Keys that a file may leave out have Hugging Face's defaults for CLIP. */
const visionSchema = z.object({
  image_size: size.default(224),
  patch_size: size.default(32),
  hidden_size: size.default(768),
  num_hidden_layers: size.default(12),
  num_attention_heads: size.default(12),
  intermediate_size: size.default(3072),
  projection_dim: size.optional(),
  layer_norm_eps: z.number().positive().default(1e-5),
  hidden_act: z.literal("quick_gelu").default("quick_gelu"),
  num_channels: z.literal(3).default(3),
});

const fileSchema = z.object({
  model_type: z.enum(["clip", "clip_vision_model"]),
  projection_dim: size.default(512),
  vision_config: z.unknown().optional(),
});

/**
 * @param json the parsed `config.json`, of a whole CLIP model or of its vision tower alone
 * @param where the file, for errors
 * @throws ModelError naming the key that does not fit
 */
export function parseClipConfig(json: unknown, where: string): ClipVisionConfig {
  const file = checkConfig(fileSchema, json, where, kind);
  const vision = checkConfig(visionSchema, file.model_type === "clip" ? (file.vision_config ?? {}) : json, where, kind);
  return {
    kind: "vit",
    imageSize: vision.image_size,
    patchSize: vision.patch_size,
    width: vision.hidden_size,
    layers: vision.num_hidden_layers,
    heads: vision.num_attention_heads,
    innerWidth: vision.intermediate_size,
    projectionWidth: file.model_type === "clip" ? file.projection_dim : (vision.projection_dim ?? file.projection_dim),
    epsilon: vision.layer_norm_eps,
  };
}
