/** What is explained: a sentence, and the two squares that the encoder saw when it was written. */
import { clipInput, type GreyImage } from "../images/index.ts";
import type { InputMode } from "../models/captioner/index.ts";

/** The two inputs of the encoder. */
export type Stream = "image" | "mask";

export const streams: readonly Stream[] = ["image", "mask"];

/** The streams that a mode reads. */
export function streamsOf(mode: InputMode): readonly Stream[] {
  return streams.filter((stream) => mode.split("+").includes(stream));
}

export interface Subject {
  /** Film and mask as the encoder sees them, [S, S] grey levels of 8 bits. */
  readonly squares: Readonly<Record<Stream, GreyImage>>;
  /** The sentence's tokens, at least one. */
  readonly tokens: readonly number[];
}

/** The whole sentence, or the token at this place. */
export type Target = "sentence" | number;

/** Why the model says this: the subject, and what of its sentence is asked about. */
export interface Question {
  readonly subject: Subject;
  readonly target: Target;
}

/** What an input is compared with: nothing at all, or its mean grey. A mask is always compared with a black one. */
export type Baseline = "black" | "mean";

export const baselineNames = ["black", "mean"] as const satisfies readonly Baseline[];

/** CLIP's input for each stream, [3, S, S] float32 each. */
export type Pixels = Readonly<Record<Stream, Float32Array>>;

export function pixelsOf({ squares }: Subject): Pixels {
  return { image: clipInput(squares.image), mask: clipInput(squares.mask) };
}

/** The subject's squares with nothing to see, as CLIP's input. */
export function baselineOf({ squares }: Subject, baseline: Baseline): Pixels {
  const { pixels } = squares.image;
  const mean = Math.round(pixels.reduce((sum, level) => sum + level, 0) / pixels.length);
  return {
    image: clipInput(constant(squares.image, baseline === "mean" ? mean : 0)),
    mask: clipInput(constant(squares.mask, 0)),
  };
}

function constant({ width, height }: GreyImage, level: number): GreyImage {
  return { width, height, pixels: new Uint8Array(width * height).fill(level) };
}

/** [T] what each token's log-probability counts in the score of a target. */
export function tokenWeights({ subject, target }: Question): readonly number[] {
  return subject.tokens.map((_, i) => Number(target === "sentence" || target === i));
}

/** Σ weight · log p: the number that is explained, in nats. */
export function scoreOf(question: Question, logProbabilities: ArrayLike<number>): number {
  return tokenWeights(question).reduce((sum, weight, i) => sum + weight * logProbabilities[i]!, 0);
}
