/** From captions to the arrays of a batch: REFERENCE §2.8. */
import { float32, type HostArray, int64 } from "../base/arrays.ts";
import { type Packing, packSequences } from "../models/gpt2/index.ts";

/** One row as the model sees it. */
export interface Example {
  /** [C] float32. */
  readonly visual: Float32Array;
  /** Token ids of the caption; none for an empty sentence. */
  readonly tokens: readonly number[];
}

/** Whether real tokens with id 0 ("!") count in the loss. The public code loses them: it also pads with 0. */
export interface TargetRule {
  readonly id0InLoss: boolean;
}

/** Which tokens of a caption count. */
function targetsOf({ tokens }: Example, { id0InLoss }: TargetRule): { readonly at: number; readonly id: number }[] {
  return tokens.flatMap((id, at) => (id === 0 && !id0InLoss ? [] : [{ at, id }]));
}

/** Number of targets the batch has under the rule. */
export function countTargets(examples: readonly Example[], rule: TargetRule): number {
  return examples.reduce((sum, example) => sum + targetsOf(example, rule).length, 0);
}

/** What of the model a batch's arrays depend on. */
export interface BatchModel {
  /** B: rows of the graph; those beyond the examples have no caption. */
  readonly rows: number;
  /** P: prefix tokens in front of each caption. */
  readonly prefixLength: number;
  /** H: heads of the decoder. */
  readonly heads: number;
}

/** A batch as the graph of `captionLoss` takes it. */
export interface PackedBatch {
  readonly feeds: ReadonlyMap<string, HostArray>;
  readonly packing: Packing;
  /** For each packed sequence, which example it is. */
  readonly examples: readonly number[];
}

/**
 * Packs prefixes and captions: the arrays of `CaptionBatch` by the names of `declareBatch`.
 * @param examples at least one
 * @param targetWeight what each target counts in the loss: 1 for their sum, 1 / N for their mean
 */
export function packBatch(
  examples: readonly Example[],
  { rows: B, prefixLength: P, heads }: BatchModel,
  rule: TargetRule,
  targetWeight: number,
): PackedBatch {
  const width = examples[0]!.visual.length;
  const visual = new Float32Array(B * width);
  for (const [row, example] of examples.entries()) visual.set(example.visual, row * width);

  // A caption without targets is no sequence: nobody asks about it. One must be there, though.
  const wanted = examples.flatMap((example, row) => (targetsOf(example, rule).length > 0 ? [row] : []));
  const packed = wanted.length > 0 ? wanted : [0];
  const targets = packed.map((row) => targetsOf(examples[row]!, rule));
  const packing = packSequences(
    packed.map((row, g) => ({
      length: P + Math.max(0, examples[row]!.tokens.length - 1),
      asked: targets[g]!.map(({ at }) => P - 1 + at),
    })),
    heads,
    P - 1,
  );

  const tokens = [...packed.flatMap((row) => examples[row]!.tokens.slice(0, -1)), 0];
  const surplus = packing.rows.length;
  const sources = new Int32Array(surplus + 1).fill(B * P + tokens.length - 1);
  const sourceRows = new Int32Array(B * P + tokens.length).fill(surplus);
  let token = B * P;
  for (const [row, [g, position]] of packing.rows.entries()) {
    const source = position < P ? packed[g]! * P + position : token++;
    sources[row] = source;
    sourceRows[source] = row;
  }
  const ids = [...targets.flat().map(({ id }) => id), 0];
  const weights = new Float32Array(ids.length).fill(targetWeight);
  weights[ids.length - 1] = 0;
  const feeds = new Map<string, HostArray>([
    ["visual", float32([B, width], visual)],
    ["tokens", int64([tokens.length], tokens)],
    ["sources", int64([sources.length], sources)],
    ["sourceRows", int64([sourceRows.length], sourceRows)],
    ["targets", int64([ids.length], ids)],
    ["weights", float32([ids.length], weights)],
    ...packing.feeds,
  ]);
  return { feeds, packing, examples: packed };
}
