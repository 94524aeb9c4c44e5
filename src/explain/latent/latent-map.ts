/**
 * The paper's map (REFERENCE §7): how much the mapper's prefix positions look at its latent tokens. The latent tokens are an
 * unpacking of one pooled vector, so a place among them is no place on the film: latent, not spatial.
 */

import { pixelsOf, type Question, tokenWeights } from "../subject.ts";
import type { ExplainedSystem } from "../system.ts";
import type { FedRow } from "../system-graph.ts";

/** What a page or file says beside every such map. */
export const latentNotice = "latent, not spatial";

/** `reference`: as the public code computes it. `clean`: the gradient of what it is meant to be, unrounded. */
export type LatentMode = "reference" | "clean";

export const latentModes = ["reference", "clean"] as const satisfies readonly LatentMode[];

export interface LatentMaps {
  /** [L] in 0..1: attention, mean over heads, layers and prefix positions, scaled. */
  readonly attention: Float64Array;
  /** [L] in 0..1: the positive part of the gradient by that attention, likewise. */
  readonly legrad: Float64Array;
  /** The most square way to lay out L tokens, row by row; it has no meaning. */
  readonly grid: { readonly rows: number; readonly columns: number };
}

/** (A - min) / (max(A - min) + 1e-8). */
export function scaleToUnit(values: ArrayLike<number>): Float64Array {
  const numbers = Float64Array.from(values);
  const low = Math.min(...numbers);
  const shifted = numbers.map((value) => value - low);
  const high = Math.max(...shifted);
  return shifted.map((value) => value / (high + 1e-8));
}

/** Levels of 8 bits by truncation, back in 0..1: what the public code loses on the way to its picture. */
export function truncateTo8Bit(values: Float64Array): Float64Array {
  return values.map((value) => Math.trunc(255 * value) / 255);
}

/** The factors of a count that are nearest to each other, the smaller first: 40 → 5 × 8. */
export function mostSquareGrid(count: number): { readonly rows: number; readonly columns: number } {
  for (let rows = Math.floor(Math.sqrt(count)); rows > 1; rows--) {
    if (count % rows === 0) return { rows, columns: count / rows };
  }
  return { rows: 1, columns: count };
}

/**
 * What the score is made of, over all P + T - 1 predictions of prefix and sentence.
 *
 * `clean`: Σ log p of the target's tokens. `reference`: the public code's loss, the mean cross-entropy of P - 1 dummy tokens of id 0
 * and the sentence; being a loss it has the other sign, and it is always of the whole sentence.
 */
function latentRow(question: Question, mode: LatentMode, prefixLength: number): FedRow {
  const { tokens } = question.subject;
  const dummies = new Array<number>(prefixLength - 1).fill(0);
  const targets = [...dummies, ...tokens];
  const weights = mode === "clean" ? [...dummies, ...tokenWeights(question)] : targets.map(() => -1 / targets.length);
  return { pixels: pixelsOf(question.subject), tokens: tokens.slice(0, -1), targets, weights };
}

/** @throws ModelError for ClipCap's mapper, which has no attention */
export async function latentMaps(
  system: ExplainedSystem,
  questions: readonly Question[],
  mode: LatentMode,
): Promise<LatentMaps[]> {
  const { latentLength, prefixLength } = system.config.captioner.mapper;
  const found = await system.latent(questions.map((question) => latentRow(question, mode, prefixLength)));
  const finish = (values: Float32Array) =>
    mode === "reference" ? truncateTo8Bit(scaleToUnit(values)) : scaleToUnit(values);
  return found.map(({ attention, legrad }) => ({
    attention: finish(attention),
    legrad: finish(legrad),
    grid: mostSquareGrid(latentLength),
  }));
}
