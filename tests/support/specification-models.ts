/** The tiny models of the metrics' specification (METRICS §11.2): weights from names by a rule of their own. */
import { readFileSync } from "node:fs";
import type { Float32HostArray, Shape } from "../../src/base/arrays.ts";
import { portableValues } from "./portable.ts";

/** A row of the specification's golden file, as far as every row has the same. */
export interface SpecificationRow<Options = unknown, Expected = unknown> {
  readonly metric: string;
  readonly case: string;
  readonly options: Options;
  readonly hyps: readonly string[];
  readonly refs: readonly string[];
  readonly expected: Expected;
}

const file = new URL("../golden/neural-metrics/cases.json", import.meta.url);
const { rows } = JSON.parse(readFileSync(file, "utf8")) as { readonly rows: readonly SpecificationRow[] };

/** The rows of a metric, in order; fails when there are none. The types are what the test expects of them. */
export function specificationRows<Options, Expected>(metric: string): readonly SpecificationRow<Options, Expected>[] {
  const found = rows.filter((row) => row.metric === metric);
  if (found.length === 0) throw new Error(`specification: no rows of ${metric}`);
  return found as readonly SpecificationRow<Options, Expected>[];
}

/** @throws Error when there is no such row */
export function specificationRow<Options, Expected>(metric: string, name: string): SpecificationRow<Options, Expected> {
  const found = specificationRows<Options, Expected>(metric).find((row) => row.case === name);
  if (found === undefined) throw new Error(`specification: no row ${name} of ${metric}`);
  return found;
}

/** The word pieces of all its tiny models. */
export const specificationVocabulary = specificationRow<{ readonly vocab: readonly string[] }, unknown>(
  "wordpiece",
  "hf_slow_bert_tokenizer",
).options.vocab;

/** A weight, from the name its file would have. */
export function specificationTensor(name: string, shape: Shape, factor = 1): Float32HostArray {
  if (/LayerNorm\.weight|layer_norm\.weight/.test(name)) return portableValues(name, shape, 0.1, 1);
  if (name.endsWith("bias")) return portableValues(name, shape, 0.1);
  return portableValues(name, shape, name.includes("embedding") ? 1 : 0.5 * factor);
}

/** All weights of a model. @param prefix what the file would put in front of each name */
export function specificationWeights(shapes: ReadonlyMap<string, Shape>, prefix = ""): Map<string, Float32HostArray> {
  return new Map([...shapes].map(([name, shape]) => [name, specificationTensor(`${prefix}${name}`, shape)]));
}
