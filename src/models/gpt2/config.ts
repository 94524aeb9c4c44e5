/** GPT-2: what `config.json` of a Hugging Face folder says, in our words. */
import { z } from "zod";
import { type ConfigKind, checkConfig } from "../check-config.ts";

export interface Gpt2Config {
  /** E: width of the hidden states. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Width inside the MLP. */
  readonly innerWidth: number;
  /** V: size of the vocabulary. */
  readonly vocabularySize: number;
  /** Longest sequence that has position embeddings. */
  readonly positions: number;
  readonly epsilon: number;
}

const kind: ConfigKind = {
  describes: "a GPT-2",
  remedy: "Choose a folder in the layout of openai-community/gpt2.",
};

const size = z.number().int().positive();

/** Keys that a file may leave out have Hugging Face's defaults for GPT-2. */
const fileSchema = z.object({
  model_type: z.literal("gpt2"),
  n_embd: size.default(768),
  n_layer: size.default(12),
  n_head: size.default(12),
  n_inner: size.nullish(),
  vocab_size: size.default(50257),
  n_positions: size.default(1024),
  layer_norm_epsilon: z.number().positive().default(1e-5),
  activation_function: z.literal("gelu_new").default("gelu_new"),
  scale_attn_weights: z.literal(true).default(true),
  scale_attn_by_inverse_layer_idx: z.literal(false).default(false),
});

/**
 * @param json the parsed `config.json`
 * @param where the file, for errors
 * @throws ModelError naming the key that does not fit
 */
export function parseGpt2Config(json: unknown, where: string): Gpt2Config {
  const file = checkConfig(fileSchema, json, where, kind);
  return {
    width: file.n_embd,
    layers: file.n_layer,
    heads: file.n_head,
    innerWidth: file.n_inner ?? 4 * file.n_embd,
    vocabularySize: file.vocab_size,
    positions: file.n_positions,
    epsilon: file.layer_norm_epsilon,
  };
}
