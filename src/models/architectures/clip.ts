import { clipVisionSpread, encoderShapes, parseClipConfig } from "../clip/index.ts";
import { type Architecture, huggingFaceLayout } from "./architecture.ts";

/** CLIP's, by channel. */
export const meanAndDeviation = {
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_std: [0.26862954, 0.26130258, 0.27577711],
};

/** CLIP's vision tower with its projection; the text tower has no use here and is not written. */
export const clipArchitecture: Architecture = {
  name: "openai/clip-vit-base-patch32",
  modelTypes: ["clip", "clip_vision_model"],
  layout: huggingFaceLayout,
  sizes: {
    hidden_size: 768,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    intermediate_size: 3072,
    image_size: 224,
    patch_size: 32,
    projection_dim: 512,
  },
  tokenizer: "none",
  files: (sizes) => ({
    "config.json": {
      architectures: ["CLIPVisionModelWithProjection"],
      model_type: "clip",
      projection_dim: sizes.projection_dim,
      vision_config: {
        model_type: "clip_vision_model",
        ...sizes,
        num_channels: 3,
        hidden_act: "quick_gelu",
        layer_norm_eps: 1e-5,
      },
    },
    "preprocessor_config.json": {
      image_processor_type: "CLIPImageProcessor",
      do_convert_rgb: true,
      do_resize: true,
      size: { shortest_edge: sizes.image_size },
      resample: 3, // bicubic
      do_center_crop: true,
      crop_size: { height: sizes.image_size, width: sizes.image_size },
      do_rescale: true,
      rescale_factor: 1 / 255,
      do_normalize: true,
      ...meanAndDeviation,
    },
  }),
  parameters(json, where) {
    const config = parseClipConfig(json, where);
    const { kind: _, ...sizes } = config;
    return {
      config: sizes,
      shapes: encoderShapes(config),
      storedName: () => (name) => name,
      spread: (name) => clipVisionSpread(config, name),
    };
  },
};
