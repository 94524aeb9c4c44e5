/** GPT-2 as two sessions: the prefix once, then one token at a time for all beams of a batch. */
import { float32, type HostArray, int64 } from "../base/arrays.ts";
import {
  cacheNames,
  type DecodingShape,
  type Gpt2Config,
  newPrefix,
  promptGraph,
  stepGraph,
} from "../models/gpt2/index.ts";
import type { Runtime, Session } from "../runtime/index.ts";
import type { Weights } from "../weights/index.ts";
import type { Candidates } from "./beam-search.ts";
import { SharedCache, sectionLength } from "./shared-cache.ts";

type Cache = Map<string, HostArray>;

function candidatesOf(outputs: ReadonlyMap<string, HostArray>, beams: number): Candidates[] {
  const logProbabilities = outputs.get("logProbabilities")!.data as Float32Array;
  const ids = outputs.get("ids")!.data as BigInt64Array;
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

/** Whether texts may become longer than one section. */
function hasSections({ maxTokens }: DecoderShape): boolean {
  return maxTokens > sectionLength;
}

/** Room for the keys and values of each beam's newest tokens, of which the first are in use. */
class GeneratedCache {
  readonly #heads: readonly [rows: number, heads: number, width: number];
  readonly #rooms: ReadonlyMap<string, Float32Array>;

  constructor({ heads, layers, width }: Gpt2Config, { rows, beams, maxTokens }: DecoderShape) {
    this.#heads = [rows * beams, heads, width / heads];
    const names = Array.from({ length: layers }, (_, layer) => Object.values(cacheNames("generated", layer))).flat();
    this.#rooms = new Map(
      names.map((name) => [name, new Float32Array(rows * beams * width * Math.min(maxTokens, sectionLength))]),
    );
  }

  /** The arrays for so many tokens, [B·K, H, T, D] each. */
  arrays(tokens: number): [name: string, array: HostArray][] {
    const [rows, heads, width] = this.#heads;
    const size = rows * heads * tokens * width;
    return [...this.#rooms].map(([name, room]) => [
      name,
      float32([rows, heads, tokens, width], room.subarray(0, size)),
    ]);
  }
}

export class Decoder implements AsyncDisposable {
  readonly shape: DecoderShape;
  readonly #prompt: Session;
  readonly #step: Session;
  /** Two caches that take turns: a step reads one and writes the other. */
  readonly #caches: [GeneratedCache, GeneratedCache];
  readonly #shared: SharedCache;
  #prefixCache: Cache = new Map();
  #generated = 0;

  private constructor(model: Gpt2Config, shape: DecoderShape, prompt: Session, step: Session) {
    this.shape = shape;
    this.#prompt = prompt;
    this.#step = step;
    this.#caches = [new GeneratedCache(model, shape), new GeneratedCache(model, shape)];
    this.#shared = new SharedCache(model, shape);
  }

  static async open(runtime: Runtime, model: Gpt2Config, weights: Weights, shape: DecoderShape): Promise<Decoder> {
    const prompt = await runtime.compile(promptGraph(model, shape), { constants: weights });
    // Who opens a decoder for one row wants one sentence soon; a batch means many runs of the step.
    const step = await runtime.compile(stepGraph(model, shape, hasSections(shape)), {
      constants: weights,
      prepack: shape.rows > 1,
    });
    return new Decoder(model, shape, prompt, step);
  }

  /** Reads new prefixes. @param prefix [B, P, E] float32 @returns the best first tokens of each row */
  async start(prefix: HostArray): Promise<Candidates[]> {
    const outputs = await this.#prompt.run(new Map([["prefix", prefix]]), this.#prefixCache);
    this.#prefixCache = new Map([...outputs].filter(([name]) => name.startsWith("prefix.")));
    this.#shared.start(this.#prefixCache);
    this.#generated = 0;
    return candidatesOf(outputs, this.shape.beams);
  }

  /**
   * Appends one token to every beam.
   * @param tokens [B·K] new tokens
   * @param parents [B·K] the beam that each one continues, as a row of the whole batch
   * @returns the best next tokens of every beam
   */
  async advance(tokens: readonly number[], parents: readonly number[]): Promise<Candidates[]> {
    const before = this.#generated++;
    const [old, grown] = this.#caches;
    const own = before % sectionLength;
    if (own === 0 && before > 0) this.#shared.append(new Map(old.arrays(sectionLength)));
    this.#shared.follow(parents);
    const feeds = new Map<string, HostArray>([
      ["tokens", int64([tokens.length], tokens)],
      ["parents", int64([parents.length], parents)],
      ["position", int64([1], [this.shape.prefixLength + before])],
      ...this.#shared.arrays,
      ...(hasSections(this.shape) ? [["sharedBias", this.#shared.bias()] as const] : []),
      ...old.arrays(own),
    ]);
    const into = grown.arrays(own + 1).map(([name, array]) => [newPrefix + name, array] as const);
    const outputs = await this.#step.run(feeds, new Map(into));
    this.#caches.reverse();
    return candidatesOf(outputs, this.shape.beams);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#prompt.release();
    await this.#step.release();
  }
}
