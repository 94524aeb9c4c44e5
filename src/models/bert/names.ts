/** What the families call the parts of a layer; everything else about them is alike. */
import type { BertFamily } from "./config.ts";

export interface LayerNames {
  /** In front of a layer's number. */
  readonly layer: string;
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly attentionOutput: string;
  readonly attentionNorm: string;
  readonly inner: string;
  readonly output: string;
  readonly outputNorm: string;
}

const bert: LayerNames = {
  layer: "encoder.layer",
  query: "attention.self.query",
  key: "attention.self.key",
  value: "attention.self.value",
  attentionOutput: "attention.output.dense",
  attentionNorm: "attention.output.LayerNorm",
  inner: "intermediate.dense",
  output: "output.dense",
  outputNorm: "output.LayerNorm",
};

export const layerNames: Readonly<Record<BertFamily, LayerNames>> = {
  bert,
  roberta: bert,
  distilbert: {
    layer: "transformer.layer",
    query: "attention.q_lin",
    key: "attention.k_lin",
    value: "attention.v_lin",
    attentionOutput: "attention.out_lin",
    attentionNorm: "sa_layer_norm",
    inner: "ffn.lin1",
    output: "ffn.lin2",
    outputNorm: "output_layer_norm",
  },
};

/** A parameter that every encoder of the family has; what stands before it is the file's prefix. */
const landmark = "embeddings.word_embeddings.weight";

/**
 * How a weights file calls a parameter: some put the model's name in front (`bert.`), some a whole path, and old ones
 * write LayerNorm's weight and bias as gamma and beta.
 * @param names of the file's tensors
 */
export function bertStoredName(names: Iterable<string>): (name: string) => string {
  const known = new Set(names);
  const found = [...known].find((name) => name === landmark || name.endsWith(`.${landmark}`));
  const prefix = found?.slice(0, -landmark.length) ?? "";
  const isOld = known.has(`${prefix}embeddings.LayerNorm.gamma`);
  const old = (name: string) =>
    name.replace(/LayerNorm\.weight$/, "LayerNorm.gamma").replace(/LayerNorm\.bias$/, "LayerNorm.beta");
  return (name) => `${prefix}${isOld ? old(name) : name}`;
}
