/** GPT-2 as two sessions: the prefix once, then one token at a time for all beams of a batch. */
import { float32, type HostArray, int64, zerosFloat32 } from "../base/arrays.ts";
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

type Cache = Map<string, HostArray>;

function candidatesOf(outputs: ReadonlyMap<string, HostArray>, beams: number): Candidates[] {
  const logProbabilities = outputs.get("logProbabilities")!.data as Float32Array;
  const ids = outputs.get("ids")!.data as BigInt64Array;
  return Array.from({ length: ids.length / beams }, (_, row) => ({
    ids: Array.from(ids.subarray(row * beams, (row + 1) * beams), Number),
    logProbabilities: [...logProbabilities.subarray(row * beams, (row + 1) * beams)],
  }));
}

/** A cache of zeros: its slots are written before they are read. */
function emptyCache({ heads, layers, width }: Gpt2Config, { rows, beams, maxTokens }: DecodingShape): Cache {
  const shape = [rows * beams, heads, maxTokens, width / heads];
  const names = Array.from({ length: layers }, (_, layer) => Object.values(cacheNames("generated", layer))).flat();
  return new Map(names.map((name) => [name, zerosFloat32(shape)]));
}

export class Decoder implements AsyncDisposable {
  readonly shape: DecodingShape;
  readonly #prompt: Session;
  readonly #step: Session;
  /** Two caches that take turns: a step reads one and writes the other. */
  readonly #caches: [Cache, Cache];
  #prefixCache: Cache = new Map();
  #filled = 0;

  private constructor(model: Gpt2Config, shape: DecodingShape, prompt: Session, step: Session) {
    this.shape = shape;
    this.#prompt = prompt;
    this.#step = step;
    this.#caches = [emptyCache(model, shape), emptyCache(model, shape)];
  }

  static async open(runtime: Runtime, model: Gpt2Config, weights: Weights, shape: DecodingShape): Promise<Decoder> {
    const prompt = await runtime.compile(promptGraph(model, shape), { constants: weights });
    const step = await runtime.compile(stepGraph(model, shape), { constants: weights });
    return new Decoder(model, shape, prompt, step);
  }

  /** Reads new prefixes. @param prefix [B, P, E] float32 @returns the best first tokens of each row */
  async start(prefix: HostArray): Promise<Candidates[]> {
    const outputs = await this.#prompt.run(new Map([["prefix", prefix]]));
    this.#prefixCache = new Map([...outputs].filter(([name]) => name.startsWith("prefix.")));
    this.#filled = 0;
    return candidatesOf(outputs, this.shape.beams);
  }

  /**
   * Appends one token to every beam.
   * @param tokens [B·K] new tokens
   * @param parents [B·K] the beam that each one continues, as a row of the whole batch
   * @returns the best next tokens of every beam
   */
  async advance(tokens: readonly number[], parents: readonly number[]): Promise<Candidates[]> {
    const { prefixLength, maxTokens: T } = this.shape;
    const slot = this.#filled++;
    const position = prefixLength + slot;
    const bias = Float32Array.from({ length: T }, (_, i) => (i <= slot ? 0 : Number.NEGATIVE_INFINITY));
    const [before, after] = this.#caches;
    const feeds = new Map<string, HostArray>([
      ["tokens", int64([tokens.length], tokens)],
      ["parents", int64([parents.length], parents)],
      ["position", int64([1], [position])],
      [
        "isNewSlot",
        { dtype: "bool", shape: [1, 1, T, 1], data: Uint8Array.from({ length: T }, (_, i) => Number(i === slot)) },
      ],
      ["slotBias", float32([1, 1, 1, T], bias)],
      ...this.#prefixCache,
      ...before,
    ]);
    const outputs = await this.#step.run(feeds, new Map([...after].map(([name, array]) => [newPrefix + name, array])));
    this.#caches.reverse();
    return candidatesOf(outputs, this.shape.beams);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#prompt.release();
    await this.#step.release();
  }
}
