/** GPT-2 as two sessions: the prefix once, then one token at a time for all beams of a batch. */
import { type HostArray, int64 } from "../base/arrays.ts";
import { ModelError } from "../base/errors.ts";
import { type DecodingShape, type Gpt2Config, promptGraph, stepGraph } from "../models/gpt2/index.ts";
import type { Runtime, Session } from "../runtime/index.ts";
import type { Weights } from "../weights/index.ts";
import type { Candidates } from "./beam-search.ts";
import { GeneratedCache } from "./generated-cache.ts";

function candidatesOf(outputs: ReadonlyMap<string, HostArray>, beams: number): Candidates[] {
  const logProbabilities = outputs.get("logProbabilities")!.data as Float32Array;
  const ids = outputs.get("ids")!.data as BigInt64Array;
  if (logProbabilities.some(Number.isNaN)) {
    throw new ModelError("The decoder's scores are no numbers.", {
      where: "generation",
      found: "NaN among the log-probabilities",
      remedy: "Vectors or weights hold numbers that are not finite or far too large, or the temperature is too small.",
    });
  }
  return Array.from({ length: ids.length / beams }, (_, row) => ({
    ids: Array.from(ids.subarray(row * beams, (row + 1) * beams), Number),
    logProbabilities: [...logProbabilities.subarray(row * beams, (row + 1) * beams)],
  }));
}

/** Sizes that a decoder is opened for. */
export interface DecoderShape extends DecodingShape {
  /** Most tokens generated. */
  readonly maxTokens: number;
}

export class Decoder implements AsyncDisposable {
  readonly shape: DecoderShape;
  readonly #prompt: Session;
  readonly #step: Session;
  #prefixCache = new Map<string, HostArray>();
  readonly #generatedCache: GeneratedCache;
  #generated = 0;

  private constructor(model: Gpt2Config, shape: DecoderShape, prompt: Session, step: Session) {
    this.shape = shape;
    this.#prompt = prompt;
    this.#step = step;
    // The first token comes before any step, and the last one is read by none.
    this.#generatedCache = new GeneratedCache(model, shape, shape.maxTokens - 2);
  }

  static async open(runtime: Runtime, model: Gpt2Config, weights: Weights, shape: DecoderShape): Promise<Decoder> {
    const prompt = await runtime.compile(promptGraph(model, shape), { constants: weights });
    // Who opens a decoder for one row wants one sentence soon; a batch means many runs of the step.
    const step = await runtime.compile(stepGraph(model, shape), {
      constants: weights,
      prepack: shape.rows > 1,
    });
    return new Decoder(model, shape, prompt, step);
  }

  /**
   * Reads new prefixes.
   * @param prefix [B, P, E] float32
   * @returns the best first tokens of each row
   * @throws ModelError when the scores are no numbers
   */
  async start(prefix: HostArray): Promise<Candidates[]> {
    const outputs = await this.#prompt.run(new Map([["prefix", prefix]]), this.#prefixCache);
    this.#prefixCache = new Map([...outputs].filter(([name]) => name.startsWith("prefix.")));
    this.#generatedCache.clear();
    this.#generated = 0;
    return candidatesOf(outputs, this.shape.beams);
  }

  /**
   * Appends one token to every beam.
   * @param tokens [B·K] new tokens
   * @param parents [B·K] the beam that each one continues, as a row of the whole batch
   * @returns the best next tokens of every beam
   * @throws ModelError when the scores are no numbers
   */
  async advance(tokens: readonly number[], parents: readonly number[]): Promise<Candidates[]> {
    const position = this.shape.prefixLength + this.#generated++;
    this.#generatedCache.follow(parents);
    const feeds = new Map<string, HostArray>([
      ["tokens", int64([tokens.length], tokens)],
      ["position", int64([1], [position])],
      ...this.#prefixCache,
      ...this.#generatedCache.feeds(),
    ]);
    const outputs = await this.#step.run(feeds);
    const candidates = candidatesOf(outputs, this.shape.beams);
    if (this.#generated < this.shape.maxTokens - 1) this.#generatedCache.append(outputs);
    return candidates;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#prompt.release();
    await this.#step.release();
  }
}
