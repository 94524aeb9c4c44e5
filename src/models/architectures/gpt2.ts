import { gpt2Shapes, gpt2Spread, gpt2StoredName, parseGpt2Config } from "../gpt2/index.ts";
import { type Architecture, huggingFaceLayout } from "./architecture.ts";

const endOfText = 50256;

/** GPT-2. The vocabulary is the tokenizer's, so its size is no choice. */
export const gpt2Architecture: Architecture = {
  name: "openai-community/gpt2",
  modelTypes: ["gpt2"],
  layout: huggingFaceLayout,
  sizes: { n_embd: 768, n_layer: 12, n_head: 12, n_positions: 1024 },
  tokenizer: "gpt2",
  files: (sizes) => ({
    "config.json": {
      architectures: ["GPT2LMHeadModel"],
      model_type: "gpt2",
      ...sizes,
      vocab_size: endOfText + 1,
      bos_token_id: endOfText,
      eos_token_id: endOfText,
      activation_function: "gelu_new",
      layer_norm_epsilon: 1e-5,
      attn_pdrop: 0.1,
      embd_pdrop: 0.1,
      resid_pdrop: 0.1,
      initializer_range: 0.02,
    },
    "generation_config.json": { bos_token_id: endOfText, eos_token_id: endOfText },
  }),
  parameters(json, where) {
    const config = parseGpt2Config(json, where);
    return {
      config: { ...config },
      shapes: gpt2Shapes(config),
      storedName: gpt2StoredName,
      spread: (name) => gpt2Spread(config, name),
    };
  },
};
