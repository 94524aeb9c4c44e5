/** DyGIE++ as RadGraph uses it: what `config.json` of its archive says, in our words (METRICS §9.2). */
import { z } from "zod";
import type { BertConfig } from "../bert/index.ts";
import { type ConfigKind, checkConfig } from "../check-config.ts";

export interface DygieConfig {
  /** `radgraph`, `radgraph-xl`: stands in front of the names of its labels. */
  readonly type: string;
  readonly encoder: BertConfig;
  /** Longest piece of text the encoder sees, start and end among its tokens; longer texts are read in parts. */
  readonly maxLength: number;
  /** Most words of an entity. */
  readonly maxSpanWidth: number;
  /** Spans that may have relations, as a share of the number of words. */
  readonly spansPerWord: number;
  /** Width of the vector that says how long a span is. */
  readonly featureSize: number;
  /** Widths of the hidden layers of every feed-forward network. */
  readonly hiddenSizes: readonly number[];
  /** Without the first, empty one: no entity. */
  readonly entityLabels: readonly string[];
  readonly relationLabels: readonly string[];
}

const kind: ConfigKind = {
  describes: "a RadGraph",
  remedy: "Use radgraph-xl.tar.gz or radgraph.tar.gz of StanfordAIMI/RRG_scorers.",
};

const size = z.number().int().positive();
const zero = z.literal(0).default(0);

const fileSchema = z.object({
  dataset_reader: z.object({
    max_span_width: size,
    token_indexers: z.object({ bert: z.object({ model_name: z.string(), max_length: size.nullish() }) }),
  }),
  model: z.object({
    feature_size: size,
    max_span_width: size,
    feedforward_params: z.object({ num_layers: size, hidden_dims: z.union([size, z.array(size)]) }),
    // What is switched off is not computed here.
    loss_weights: z.object({ ner: z.number().positive(), relation: z.number().positive(), coref: zero, events: zero }),
    modules: z.object({
      relation: z.object({ spans_per_word: z.number().positive() }),
      coref: z.object({ coref_prop: zero }).default({ coref_prop: 0 }),
    }),
  }),
});

/** What the file says; the labels and the encoder's sizes come from beside it. */
export type DygieFile = Omit<DygieConfig, "type" | "encoder" | "maxLength" | "entityLabels" | "relationLabels"> & {
  readonly maxLength: number | undefined;
  /** The hub's name of the encoder. */
  readonly encoderName: string;
};

/**
 * @param json the parsed `config.json`
 * @param where the file, for errors
 * @throws ModelError naming the key that does not fit
 */
export function parseDygieConfig(json: unknown, where: string): DygieFile {
  const { dataset_reader: reader, model } = checkConfig(fileSchema, json, where, kind);
  const { model_name: encoderName, max_length: maxLength } = reader.token_indexers.bert;
  const { num_layers: layers, hidden_dims: widths } = model.feedforward_params;
  return {
    encoderName,
    maxLength: maxLength ?? undefined,
    maxSpanWidth: reader.max_span_width,
    spansPerWord: model.modules.relation.spans_per_word,
    featureSize: model.feature_size,
    hiddenSizes: typeof widths === "number" ? Array<number>(layers).fill(widths) : widths,
  };
}
