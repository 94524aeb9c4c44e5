import type { JsonObject } from "../../base/json.ts";
import { bertShapes, bertSpread, bertStoredName, parseBertConfig } from "../bert/index.ts";
import { type Architecture, type ArchitectureParameters, huggingFaceLayout } from "./architecture.ts";

/** What `config.json` of each best-known model says beyond its sizes. */
const common = { initializer_range: 0.02, pad_token_id: 0 };

function parameters(json: JsonObject, where: string): ArchitectureParameters {
  const config = parseBertConfig(json, where);
  const { family: _, ...sizes } = config;
  return { config: sizes, shapes: bertShapes(config), storedName: bertStoredName, spread: bertSpread };
}

const bertSizes = {
  vocab_size: 30522,
  hidden_size: 768,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  intermediate_size: 3072,
  max_position_embeddings: 512,
  type_vocab_size: 2,
};

/** BERT without its pooler, which no metric asks. */
export const bertArchitecture: Architecture = {
  name: "google-bert/bert-base-uncased",
  modelTypes: ["bert"],
  layout: huggingFaceLayout,
  sizes: bertSizes,
  tokenizer: "none",
  files: (sizes) => ({
    "config.json": {
      architectures: ["BertModel"],
      model_type: "bert",
      ...sizes,
      ...common,
      hidden_act: "gelu",
      layer_norm_eps: 1e-12,
    },
  }),
  parameters,
};

export const distilbertArchitecture: Architecture = {
  name: "distilbert/distilbert-base-uncased",
  modelTypes: ["distilbert"],
  layout: huggingFaceLayout,
  sizes: { vocab_size: 30522, dim: 768, n_layers: 6, n_heads: 12, hidden_dim: 3072, max_position_embeddings: 512 },
  tokenizer: "none",
  files: (sizes) => ({
    "config.json": {
      architectures: ["DistilBertModel"],
      model_type: "distilbert",
      ...sizes,
      ...common,
      activation: "gelu",
    },
  }),
  parameters,
};

/** RoBERTa without its pooler. */
export const robertaArchitecture: Architecture = {
  name: "FacebookAI/roberta-base",
  modelTypes: ["roberta"],
  layout: huggingFaceLayout,
  sizes: { ...bertSizes, vocab_size: 50265, max_position_embeddings: 514, type_vocab_size: 1 },
  tokenizer: "none",
  files: (sizes) => ({
    "config.json": {
      architectures: ["RobertaModel"],
      model_type: "roberta",
      ...sizes,
      ...common,
      pad_token_id: 1,
      hidden_act: "gelu",
      layer_norm_eps: 1e-5,
    },
  }),
  parameters,
};
