/** From captions to the arrays of a batch: REFERENCE §2.8. */
import { float32, type HostArray, int64 } from "../base/arrays.ts";

/** One row as the model sees it. */
export interface Example {
  /** [C] float32. */
  readonly visual: Float32Array;
  /** Token ids of the caption; none for an empty sentence. */
  readonly tokens: readonly number[];
}

/** Sizes that one compiled graph is made for. */
export interface BatchShape {
  /** B: captions. */
  readonly rows: number;
  /** T: tokens of the longest caption, rounded up. */
  readonly captionLength: number;
  /** N: targets of the whole batch, rounded up. */
  readonly targets: number;
}

/** Whether real tokens with id 0 ("!") count in the loss. The public code loses them: it also pads with 0. */
export interface TargetRule {
  readonly id0InLoss: boolean;
}

/**
 * Longest caption that is used whole: min(int(mean + 10·std), max) of the token counts, std unbiased, empty captions
 * counted. Longer ones are cut there. For fewer than two captions: the longest.
 */
export function captionLimit(lengths: readonly number[]): number {
  const longest = lengths.reduce((a, b) => Math.max(a, b), 0);
  if (lengths.length < 2) return longest;
  const mean = lengths.reduce((a, b) => a + b, 0) / lengths.length;
  const variance = lengths.reduce((sum, length) => sum + (length - mean) ** 2, 0) / (lengths.length - 1);
  return Math.min(Math.trunc(mean + 10 * Math.sqrt(variance)), longest);
}

/** Places and ids of all tokens that count, row-major over [B, T]. */
function targetsOf(examples: readonly Example[], { id0InLoss }: TargetRule): { row: number; at: number; id: number }[] {
  return examples.flatMap(({ tokens }, row) =>
    tokens.flatMap((id, at) => (id === 0 && !id0InLoss ? [] : [{ row, at, id }])),
  );
}

/** Number of targets the batch has under the rule. */
export function countTargets(examples: readonly Example[], rule: TargetRule): number {
  return targetsOf(examples, rule).length;
}

function roundUp(value: number, step: number): number {
  return Math.max(step, Math.ceil(value / step) * step);
}

/** Few distinct shapes, so that few graphs are compiled; what is added is never read or weighs 0. */
export function shapeOf(examples: readonly Example[], rows: number, rule: TargetRule): BatchShape {
  const captionLength = roundUp(
    examples.reduce((longest, { tokens }) => Math.max(longest, tokens.length), 0),
    8,
  );
  return { rows, captionLength, targets: roundUp(countTargets(examples, rule), Math.ceil((rows * captionLength) / 8)) };
}

/**
 * Feeds of the caption graph. Rows beyond the examples are empty captions.
 * @param targetWeight what each target counts in the loss: 1 for their sum, 1 / N for their mean
 */
export function batchFeeds(
  examples: readonly Example[],
  shape: BatchShape,
  rule: TargetRule,
  targetWeight: number,
): Map<string, HostArray> {
  const { rows, captionLength: T } = shape;
  const width = examples[0]!.visual.length;
  const visual = new Float32Array(rows * width);
  const tokens = new BigInt64Array(rows * (T - 1));
  examples.forEach((example, row) => {
    visual.set(example.visual, row * width);
    example.tokens.slice(0, T - 1).forEach((id, i) => {
      tokens[row * (T - 1) + i] = BigInt(id);
    });
  });
  const places = new BigInt64Array(shape.targets);
  const targets = new BigInt64Array(shape.targets);
  const weights = new Float32Array(shape.targets);
  const real = targetsOf(examples, rule);
  real.forEach(({ row, at, id }, i) => {
    places[i] = BigInt(row * T + at);
    targets[i] = BigInt(id);
    weights[i] = targetWeight;
  });
  return new Map<string, HostArray>([
    ["visual", float32([rows, width], visual)],
    ["tokens", int64([rows, T - 1], tokens)],
    ["places", int64([shape.targets], places)],
    ["targets", int64([shape.targets], targets)],
    ["weights", float32([shape.targets], weights)],
  ]);
}
