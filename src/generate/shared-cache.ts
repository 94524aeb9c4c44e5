/**
 * Keys and values that all beams of a row read and no step copies: the prefix, and sections of generated tokens. A beam
 * reads its own tokens from a cache that is copied to follow the search; before that grows long, it becomes a section
 * here, and what each beam continues is told by a bias instead.
 */
import { float32, type HostArray } from "../base/arrays.ts";
import { cacheNames, type DecodingShape, type Gpt2Config } from "../models/gpt2/index.ts";

type Cache = ReadonlyMap<string, HostArray>;

/** Generated tokens of a section. */
export const sectionLength = 16;

export class SharedCache {
  readonly #model: Gpt2Config;
  readonly #shape: DecodingShape;
  /** [B, H, P, D] each, where P grows by K tokens for each of a section. */
  #arrays: Cache = new Map();
  /** For each section the slot, 0 to K - 1, that each beam of the batch [B·K] continues. */
  #slots: (readonly number[])[] = [];

  constructor(model: Gpt2Config, shape: DecodingShape) {
    this.#model = model;
    this.#shape = shape;
  }

  /** Begins anew, with the caches of new prefixes. */
  start(prefix: Cache): void {
    this.#arrays = prefix;
    this.#slots = [];
  }

  get arrays(): Cache {
    return this.#arrays;
  }

  /** Puts a section of all beams behind what is there. @param generated [B·K, H, `sectionLength`, D] each, by name */
  append(generated: Cache): void {
    const { rows, beams } = this.#shape;
    const { heads: H, layers, width } = this.#model;
    const D = width / H;
    const section = sectionLength * D; // numbers of one head of one beam
    const joined = (shared: HostArray, own: HostArray): HostArray => {
      const P = shared.shape[2]!;
      const grown = new Float32Array(rows * H * (P * D + beams * section));
      for (let head = 0, to = 0; head < rows * H; head++) {
        grown.set((shared.data as Float32Array).subarray(head * P * D, (head + 1) * P * D), to);
        to += P * D;
        const row = Math.floor(head / H);
        for (let beam = 0; beam < beams; beam++, to += section) {
          const from = ((row * beams + beam) * H + (head % H)) * section;
          grown.set((own.data as Float32Array).subarray(from, from + section), to);
        }
      }
      return float32([rows, H, P + beams * sectionLength, D], grown);
    };
    const pairs = Array.from({ length: layers }, (_, layer) => {
      const [to, from] = [cacheNames("prefix", layer), cacheNames("generated", layer)];
      return (["keys", "values"] as const).map((kind) => {
        return [to[kind], joined(this.#arrays.get(to[kind])!, generated.get(from[kind])!)] as const;
      });
    });
    this.#arrays = new Map(pairs.flat());
    this.#slots.push(Array.from({ length: rows * beams }, (_, beam) => beam % beams));
  }

  /** The beams continue others. @param parents [B·K] as rows of the whole batch */
  follow(parents: readonly number[]): void {
    this.#slots = this.#slots.map((slots) => parents.map((parent) => slots[parent]!));
  }

  /** [B, 1, K, P] for the attention scores: 0 where a beam reads, -∞ where tokens are another's. */
  bias(): HostArray {
    const { rows, beams, prefixLength } = this.#shape;
    const P = prefixLength + this.#slots.length * beams * sectionLength;
    const data = new Float32Array(rows * beams * P);
    for (let beam = 0; beam < rows * beams; beam++) {
      const tokens = data.subarray(beam * P + prefixLength, (beam + 1) * P);
      tokens.fill(Number.NEGATIVE_INFINITY);
      for (const [section, slots] of this.#slots.entries()) {
        const from = (section * beams + slots[beam]!) * sectionLength;
        tokens.fill(0, from, from + sectionLength);
      }
    }
    return float32([rows, 1, beams, P], data);
  }
}
