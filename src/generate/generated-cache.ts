/**
 * Keys and values of all tokens that the beams of a batch have generated. They are written once and stay where they are
 * when beams are dropped or forked; what moves is the list of the places that each beam continues.
 */
import { float32, type HostArray } from "../base/arrays.ts";
import { cacheNames, type DecodingShape, type Gpt2Config, newPrefix } from "../models/gpt2/index.ts";

/** By how many tokens of each beam the room grows: what is not in use is read in every step, growing moves everything. */
const section = 8;

export class GeneratedCache {
  readonly #shape: DecodingShape;
  /** Of each array: B·H times `#room` tokens of K beams, at the front of what it may need at most. */
  readonly #arrays: ReadonlyMap<string, Float32Array>;
  readonly #heads: number;
  readonly #headWidth: number;
  readonly #most: number;
  #room = 0;
  /** For each token the beam, 0 to K - 1, whose place each beam of the batch [B·K] continues. */
  #path: (readonly number[])[] = [];

  /** @param most tokens of a beam that are ever kept */
  constructor({ heads, layers, width }: Gpt2Config, shape: DecodingShape, most: number) {
    this.#shape = shape;
    this.#heads = heads;
    this.#headWidth = width / heads;
    this.#most = Math.max(1, most);
    const names = Array.from({ length: layers }, (_, layer) => Object.values(cacheNames("generated", layer))).flat();
    const size = shape.rows * shape.beams * width * this.#most;
    this.#arrays = new Map(names.map((name) => [name, new Float32Array(size)]));
    this.clear();
  }

  /** Begins anew. What the arrays hold is nobody's from now on. */
  clear(): void {
    this.#path = [];
    this.#room = Math.min(section, this.#most);
  }

  /** The beams continue others. @param parents [B·K] as rows of the whole batch */
  follow(parents: readonly number[]): void {
    this.#path = this.#path.map((beams) => parents.map((parent) => beams[parent]!));
  }

  /** What a step reads: the arrays, [B, H, G, D] each, and their bias, [B, 1, K, G]. */
  feeds(): [name: string, array: HostArray][] {
    const { rows, beams } = this.#shape;
    const shape = [rows, this.#heads, this.#room * beams, this.#headWidth];
    const size = rows * this.#heads * this.#headSize(this.#room);
    const arrays = [...this.#arrays].map(([name, data]): [string, HostArray] => [
      name,
      float32(shape, data.subarray(0, size)),
    ]);
    return [...arrays, ["bias", this.#bias()]];
  }

  /** Puts a step's new tokens, one of each beam, behind what is there. */
  append(outputs: ReadonlyMap<string, HostArray>): void {
    const { rows, beams } = this.#shape;
    if (this.#path.length === this.#room) this.#grow();
    const [token, size] = [this.#headSize(1), this.#headSize(this.#room)];
    const at = this.#headSize(this.#path.length);
    for (const [name, data] of this.#arrays) {
      const fresh = outputs.get(newPrefix + name)!.data as Float32Array;
      for (let head = 0; head < rows * this.#heads; head++) {
        data.set(fresh.subarray(head * token, (head + 1) * token), head * size + at);
      }
    }
    this.#path.push(Array.from({ length: rows * beams }, (_, beam) => beam % beams));
  }

  /** Numbers of one head of a row for so many tokens of its beams. */
  #headSize(tokens: number): number {
    return tokens * this.#shape.beams * this.#headWidth;
  }

  /** More room in every head, so that all but the first move up. */
  #grow(): void {
    const old = this.#headSize(this.#room);
    this.#room = Math.min(this.#room + section, this.#most);
    const size = this.#headSize(this.#room);
    for (const data of this.#arrays.values()) {
      for (let head = this.#shape.rows * this.#heads - 1; head > 0; head--) {
        data.copyWithin(head * size, head * old, (head + 1) * old);
      }
    }
  }

  #bias(): HostArray {
    const { rows, beams } = this.#shape;
    const G = this.#room * beams;
    const data = new Float32Array(rows * beams * G).fill(Number.NEGATIVE_INFINITY);
    for (const [token, places] of this.#path.entries()) {
      for (const [beam, place] of places.entries()) data[beam * G + token * beams + place] = 0;
    }
    return float32([rows, 1, beams, G], data);
  }
}
