/**
 * The few error classes of the product, each with a fate.
 *
 * A library function throws one of these when a person can do something about it; only the command line's edge
 * catches them and turns the class into an exit code. Anything else that escapes is a bug (exit code 70).
 * Messages carry shapes, counts, names and hashes, never pixels, report sentences or patient identifiers.
 */

export interface ErrorParts {
  /** Where it happened: a file and row, a tensor or node name, a command-line flag. */
  readonly where: string;
  /** What was expected there. */
  readonly expected?: string;
  /** What was found instead. */
  readonly found?: string;
  /** What the reader can do about it. */
  readonly remedy?: string;
}

function sentence(what: string, { where, expected, found, remedy }: ErrorParts): string {
  const lines = [`${what}`, `  where: ${where}`];
  if (expected !== undefined) lines.push(`  expected: ${expected}`);
  if (found !== undefined) lines.push(`  found: ${found}`);
  if (remedy !== undefined) lines.push(`  what to do: ${remedy}`);
  return lines.join("\n");
}

/** An error a person can act on. `what` is one sentence; the parts say where, expected, found and the remedy. */
export abstract class RegionFormerError extends Error {
  abstract readonly exitCode: number;
  readonly what: string;
  readonly parts: ErrorParts;

  constructor(what: string, parts: ErrorParts, options?: ErrorOptions) {
    super(sentence(what, parts), options);
    this.name = new.target.name;
    this.what = what;
    this.parts = parts;
  }
}

/** The command or its options cannot be understood. */
export class UsageError extends RegionFormerError {
  readonly exitCode = 2;
}

/** A file or a value in it is not what the format promises. */
export class DataError extends RegionFormerError {
  readonly exitCode = 3;
}

/** Weights, a tokenizer or a model configuration do not fit together. */
export class ModelError extends RegionFormerError {
  readonly exitCode = 4;
}

/** A tensor has another shape or dtype than its place in the graph needs. */
export class ShapeError extends RegionFormerError {
  readonly exitCode = 4;
}

/** A graph is malformed, or the engine refused to compile or run it. */
export class GraphError extends RegionFormerError {
  readonly exitCode = 4;
}

/** The user asked to stop; finished work is saved. */
export class InterruptedError extends RegionFormerError {
  readonly exitCode = 130;
}
