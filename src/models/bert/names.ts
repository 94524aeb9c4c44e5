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

/** What files put in front: nothing, or the name that a larger model has for its encoder. */
const usualPrefixes = ["", "bert.", "distilbert.", "roberta."];

/**
 * How a weights file calls a parameter: some put the model's name in front, and old ones write LayerNorm's weight and
 * bias as gamma and beta.
 * @param file has the names of the file's tensors
 */
export function bertStoredName(
  file: { has(name: string): boolean },
  prefixes: readonly string[] = usualPrefixes,
): (name: string) => string {
  const prefix = prefixes.find((prefix) => file.has(`${prefix}${landmark}`)) ?? prefixes[0]!;
  const isOld = file.has(`${prefix}embeddings.LayerNorm.gamma`);
  const old = (name: string) =>
    name.replace(/LayerNorm\.weight$/, "LayerNorm.gamma").replace(/LayerNorm\.bias$/, "LayerNorm.beta");
  return (name) => `${prefix}${isOld ? old(name) : name}`;
}
