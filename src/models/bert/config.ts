/** Encoders of BERT's family: what `config.json` of a Hugging Face folder says, in our words. */
import { z } from "zod";
import { type ConfigKind, checkConfig } from "../check-config.ts";

export const bertFamilies = ["bert", "distilbert", "roberta"] as const;

/** They compute the same, up to what they add to a word's embedding; their tensors have other names. */
export type BertFamily = (typeof bertFamilies)[number];

export interface BertConfig {
  readonly family: BertFamily;
  /** E: width of the hidden states. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Width inside the MLP. */
  readonly innerWidth: number;
  /** V: size of the vocabulary. */
  readonly vocabularySize: number;
  /** Rows of the table of positions. */
  readonly positions: number;
  /** The row of the first token: 0, in RoBERTa the one after the padding token's id. */
  readonly firstPosition: number;
  /** Rows of the table of token types, of which the first is used; 0 where there is no such table. */
  readonly tokenTypes: number;
  readonly epsilon: number;
}

const kind: ConfigKind = {
  describes: "a BERT, DistilBERT or RoBERTa",
  remedy: "Choose a folder in the layout of google-bert/bert-base-uncased.",
};

const size = z.number().int().positive();
const gelu = z.literal("gelu").default("gelu");
const absolute = z.literal("absolute").default("absolute");

/** Keys that a file may leave out have Hugging Face's defaults. */
const bertSchema = z.object({
  vocab_size: size.default(30522),
  hidden_size: size.default(768),
  num_hidden_layers: size.default(12),
  num_attention_heads: size.default(12),
  intermediate_size: size.default(3072),
  max_position_embeddings: size.default(512),
  type_vocab_size: size.default(2),
  layer_norm_eps: z.number().positive().default(1e-12),
  pad_token_id: z.number().int().nonnegative().nullish(),
  hidden_act: gelu,
  position_embedding_type: absolute,
});

const distilbertSchema = z.object({
  vocab_size: size.default(30522),
  dim: size.default(768),
  n_layers: size.default(6),
  n_heads: size.default(12),
  hidden_dim: size.default(3072),
  max_position_embeddings: size.default(512),
  activation: gelu,
});

const robertaPadding = 1;

/**
 * @param json the parsed `config.json`
 * @param where the file, for errors
 * @throws ModelError naming the key that does not fit
 */
export function parseBertConfig(json: unknown, where: string): BertConfig {
  const { model_type: family } = checkConfig(z.object({ model_type: z.enum(bertFamilies) }), json, where, kind);
  if (family === "distilbert") {
    const file = checkConfig(distilbertSchema, json, where, kind);
    return {
      family,
      width: file.dim,
      layers: file.n_layers,
      heads: file.n_heads,
      innerWidth: file.hidden_dim,
      vocabularySize: file.vocab_size,
      positions: file.max_position_embeddings,
      firstPosition: 0,
      tokenTypes: 0,
      epsilon: 1e-12, // fixed in the original
    };
  }
  const file = checkConfig(bertSchema, json, where, kind);
  return {
    family,
    width: file.hidden_size,
    layers: file.num_hidden_layers,
    heads: file.num_attention_heads,
    innerWidth: file.intermediate_size,
    vocabularySize: file.vocab_size,
    positions: file.max_position_embeddings,
    firstPosition: family === "roberta" ? (file.pad_token_id ?? robertaPadding) + 1 : 0,
    tokenTypes: file.type_vocab_size,
    epsilon: file.layer_norm_eps,
  };
}

/** Longest text, start and end among its tokens, for which there are positions. */
export function longestText({ positions, firstPosition }: BertConfig): number {
  return positions - firstPosition;
}
