/** Which words another box would have changed, and by how much. */
import { diffArrays } from "diff";
import type { Explainer, Written } from "../explainer.ts";
import { pixelsOf, type Subject } from "../subject.ts";
import type { BoxVariant } from "./box-variants.ts";

/** A run of words that both sentences share, or that one of them has. */
export interface WordChange {
  readonly kind: "same" | "removed" | "added";
  readonly words: readonly string[];
}

export interface Counterfactual extends BoxVariant {
  /** What the model writes under the other boxes. */
  readonly text: string;
  /** From the original sentence to the new one. */
  readonly words: readonly WordChange[];
  /** Σ log p in nats of both sentences, under the boxes as they are and under the others. */
  readonly logProbability: {
    readonly original: { readonly before: number; readonly after: number };
    readonly rewritten: { readonly before: number; readonly after: number };
  };
  /** [T] log p of each token of the original sentence under the other boxes minus under its own, in nats. */
  readonly tokenShifts: readonly number[];
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** The words of two sentences side by side, by a shortest edit script. */
export function wordChanges(before: string, after: string): WordChange[] {
  return diffArrays(wordsOf(before), wordsOf(after)).map(({ value, added, removed }) => ({
    kind: added ? "added" : removed ? "removed" : "same",
    words: value,
  }));
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((a, b) => a + b, 0);
}

/**
 * @param squares the film and the mask of the boxes as they are
 * @param original the sentence written for them
 * @param film size that the boxes are fractions of
 */
export async function counterfactuals(
  explainer: Explainer,
  squares: Subject["squares"],
  original: Written,
  film: { readonly width: number; readonly height: number },
  variants: readonly BoxVariant[],
): Promise<Counterfactual[]> {
  const others = variants.map(({ boxes }) => ({ image: squares.image, mask: explainer.maskOf(film, boxes) }));
  const written = await explainer.write(others);
  const own = pixelsOf({ squares, tokens: original.tokens });
  const rows = variants.flatMap((_, i) => {
    const { tokens } = written[i]!;
    const pixels = pixelsOf({ squares: others[i]!, tokens });
    return [
      { pixels, tokens: original.tokens },
      { pixels: own, tokens },
      { pixels, tokens },
    ];
  });
  const [before, ...scores] = await explainer.system.score([{ pixels: own, tokens: original.tokens }, ...rows]);
  return variants.map((variant, i) => {
    const [after, newBefore, newAfter] = scores.slice(3 * i, 3 * i + 3) as [Float32Array, Float32Array, Float32Array];
    return {
      ...variant,
      text: written[i]!.text,
      words: wordChanges(original.text, written[i]!.text),
      logProbability: {
        original: { before: sum(before!), after: sum(after) },
        rewritten: { before: sum(newBefore), after: sum(newAfter) },
      },
      tokenShifts: Array.from(after, (value, t) => value - before![t]!),
    };
  });
}
