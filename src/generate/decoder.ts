/** GPT-2 as two sessions: the prefix once, then one token at a time for all beams of a batch. */
import { float32, type HostArray, int64, zerosFloat32 } from "../base/arrays.ts";
import { Graph, ops, type Tensor } from "../graph/index.ts";
import {
  cachedStep,
  decode,
  decoderPrefix,
  type Gpt2Config,
  type KeysValues,
  outputLogits,
} from "../models/gpt2/index.ts";
import { Params } from "../nn/index.ts";
import type { Runtime, Session } from "../runtime/index.ts";
import type { Weights } from "../weights/index.ts";
import type { Candidates } from "./beam-search.ts";

/** Sizes the sessions are made for. */
export interface DecoderShape {
  /** B: rows generated together. */
  readonly rows: number;
  /** K: beams of a row. */
  readonly beams: number;
  /** P: positions of the prefix. */
  readonly prefixLength: number;
  /** T: most tokens generated. */
  readonly maxTokens: number;
  /** Logits are divided by it before the softmax; 0 or less means 1. */
  readonly temperature: number;
}

type Cache = Map<string, HostArray>;

/** The K best next tokens of every row of hidden states [R, E]. */
function bestNext(p: Params, model: Gpt2Config, hidden: Tensor, { beams, temperature }: DecoderShape) {
  const scaled =
    temperature > 0 && temperature !== 1
      ? ops.div(outputLogits(p, model, hidden), temperature)
      : outputLogits(p, model, hidden);
  const { values, indices } = ops.topK(ops.logSoftmax(scaled), beams);
  return { logProbabilities: values, ids: indices };
}

/** Names of a layer's cache arrays. */
function cacheNames(kind: "prefix" | "generated", layer: number) {
  return { keys: `${kind}.${layer}.keys`, values: `${kind}.${layer}.values` };
}

function promptGraph(model: Gpt2Config, shape: DecoderShape): Record<string, Tensor> {
  const graph = new Graph("prompt");
  const p = new Params(graph);
  const outputs: Record<string, Tensor> = {};
  const prefix = graph.input("prefix", "float32", [shape.rows, shape.prefixLength, model.width]);
  return p.in(decoderPrefix, (p) => {
    const last = decode(p, model, prefix, shape.prefixLength - 1, (layer, keys, values) => {
      const names = cacheNames("prefix", layer);
      outputs[names.keys] = keys;
      outputs[names.values] = values;
    }); // [B, 1, E]
    return { ...outputs, ...bestNext(p, model, ops.reshape(last, [shape.rows, model.width]), shape) };
  });
}

/** Prefix of the names of a step's new cache, so that they differ from the old one's. */
const newPrefix = "new.";

function stepGraph(model: Gpt2Config, shape: DecoderShape): Record<string, Tensor> {
  const { rows, beams, prefixLength, maxTokens } = shape;
  const { layers, heads, width } = model;
  const graph = new Graph("step");
  const cache = (kind: "prefix" | "generated", size: readonly [number, number]): KeysValues[] =>
    Array.from({ length: layers }, (_, layer) => {
      const names = cacheNames(kind, layer);
      const [count, slots] = size;
      const input = (name: string) => graph.input(name, "float32", [count, heads, slots, width / heads]);
      return { keys: input(names.keys), values: input(names.values) };
    });
  const inputs = {
    tokens: graph.input("tokens", "int64", [rows * beams]),
    position: graph.input("position", "int64", [1]),
    parents: graph.input("parents", "int64", [rows * beams]),
    isNewSlot: graph.input("isNewSlot", "bool", [1, 1, maxTokens, 1]),
    slotBias: graph.input("slotBias", "float32", [1, 1, 1, maxTokens]),
    prefix: cache("prefix", [rows, prefixLength]),
    generated: cache("generated", [rows * beams, maxTokens]),
  };
  return new Params(graph).in(decoderPrefix, (p) => {
    const { hidden, generated } = cachedStep(p, model, inputs, beams);
    const outputs: Record<string, Tensor> = {};
    for (const [layer, { keys, values }] of generated.entries()) {
      const names = cacheNames("generated", layer);
      outputs[newPrefix + names.keys] = keys;
      outputs[newPrefix + names.values] = values;
    }
    return { ...outputs, ...bestNext(p, model, hidden, shape) };
  });
}

function candidatesOf(outputs: ReadonlyMap<string, HostArray>, beams: number): Candidates[] {
  const logProbabilities = outputs.get("logProbabilities")!.data as Float32Array;
  const ids = outputs.get("ids")!.data as BigInt64Array;
  return Array.from({ length: ids.length / beams }, (_, row) => ({
    ids: Array.from(ids.subarray(row * beams, (row + 1) * beams), Number),
    logProbabilities: [...logProbabilities.subarray(row * beams, (row + 1) * beams)],
  }));
}

/** A cache of zeros: its slots are written before they are read. */
function emptyCache({ heads, layers, width }: Gpt2Config, { rows, beams, maxTokens }: DecoderShape): Cache {
  const shape = [rows * beams, heads, maxTokens, width / heads];
  const names = Array.from({ length: layers }, (_, layer) => Object.values(cacheNames("generated", layer))).flat();
  return new Map(names.map((name) => [name, zerosFloat32(shape)]));
}

export class Decoder implements AsyncDisposable {
  readonly shape: DecoderShape;
  readonly #prompt: Session;
  readonly #step: Session;
  /** Two caches that take turns: a step reads one and writes the other. */
  readonly #caches: [Cache, Cache];
  #prefixCache: Cache = new Map();
  #filled = 0;

  private constructor(model: Gpt2Config, shape: DecoderShape, prompt: Session, step: Session) {
    this.shape = shape;
    this.#prompt = prompt;
    this.#step = step;
    this.#caches = [emptyCache(model, shape), emptyCache(model, shape)];
  }

  static async open(runtime: Runtime, model: Gpt2Config, weights: Weights, shape: DecoderShape): Promise<Decoder> {
    const prompt = await runtime.compile(promptGraph(model, shape), { weights });
    const step = await runtime.compile(stepGraph(model, shape), { weights });
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
