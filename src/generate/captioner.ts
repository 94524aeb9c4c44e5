/** From visual vectors to captions: mapper, search and text in one object. */
import { float32, type HostArray } from "../base/arrays.ts";
import { ModelError, UsageError } from "../base/errors.ts";
import type { CaptionerConfig } from "../models/captioner/index.ts";
import { mapperGraph } from "../models/mapper/index.ts";
import type { Runtime, Session } from "../runtime/index.ts";
import type { Tokenizer } from "../text/index.ts";
import type { Weights } from "../weights/index.ts";
import type { Beam } from "./beam-search.ts";
import { Decoder } from "./decoder.ts";
import { generateBatch } from "./generate.ts";

export interface GenerationSettings {
  /** `top-p` is what the public code calls so: it takes the most probable token, whatever p; one beam. */
  readonly method: "beam" | "top-p";
  readonly beams: number;
  readonly maxTokens: number;
  /** 0 or less means 1. */
  readonly temperature: number;
  /** The first token of this text ends a beam. */
  readonly stop: string;
  /** Rows generated together. */
  readonly batchSize: number;
}

/** The paper's search (REFERENCE §4). */
export const paperSearch = {
  method: "beam",
  beams: 5,
  maxTokens: 15,
  temperature: 1,
  stop: ".",
} as const satisfies Omit<GenerationSettings, "batchSize">;

/** A generated text with its score. */
export interface Caption {
  /** Decoded with Hugging Face's clean-up of spaces, not stripped. */
  readonly text: string;
  /** Mean log-probability of its tokens. */
  readonly score: number;
}

/**
 * The token that ends a beam, once it is known that the decoder can do such a search.
 * @throws UsageError for a setting that is no such number, ModelError when prefix and text are longer than the decoder has positions, when there are more beams than tokens,
 * or when the stop text has no token
 */
export function stopTokenOf(
  { mapper, decoder }: CaptionerConfig,
  tokenizer: Tokenizer,
  { method, beams, maxTokens, temperature, stop }: Omit<GenerationSettings, "batchSize">,
): number {
  for (const [where, value] of Object.entries({ beams, maxTokens })) {
    if (Number.isInteger(value) && value > 0) continue;
    throw new UsageError("The search's setting is not valid.", {
      where,
      expected: "a whole number from 1",
      found: `${value}`,
    });
  }
  if (!Number.isFinite(temperature)) {
    throw new UsageError("The search's setting is not valid.", {
      where: "temperature",
      expected: "a number",
      found: `${temperature}`,
    });
  }
  const [stopId] = tokenizer.encode(stop);
  if (stopId === undefined) throw new ModelError("The stop text has no token.", { where: `stop "${stop}"` });
  if (mapper.prefixLength + maxTokens > decoder.positions) {
    throw new ModelError("The text would be longer than the decoder can hold.", {
      where: "maximum number of tokens",
      expected: `at most ${decoder.positions - mapper.prefixLength} after a prefix of ${mapper.prefixLength}`,
      found: `${maxTokens}`,
    });
  }
  if (method === "beam" && beams > decoder.vocabularySize) {
    throw new ModelError("There are more beams than tokens to begin them with.", {
      where: "number of beams",
      expected: `at most ${decoder.vocabularySize}`,
      found: `${beams}`,
    });
  }
  return stopId;
}

export class Captioner implements AsyncDisposable {
  readonly #mapper: Session;
  readonly #decoder: Decoder;
  readonly #tokenizer: Tokenizer;
  readonly #stopId: number;
  readonly #inputWidth: number;

  private constructor(mapper: Session, decoder: Decoder, tokenizer: Tokenizer, stopId: number, inputWidth: number) {
    this.#mapper = mapper;
    this.#decoder = decoder;
    this.#tokenizer = tokenizer;
    this.#stopId = stopId;
    this.#inputWidth = inputWidth;
  }

  /** @throws ModelError as `stopTokenOf` */
  static async open(
    runtime: Runtime,
    model: { readonly config: CaptionerConfig; readonly weights: Weights },
    tokenizer: Tokenizer,
    settings: GenerationSettings,
  ): Promise<Captioner> {
    const { mapper, decoder } = model.config;
    const { batchSize, maxTokens, temperature } = settings;
    const stopId = stopTokenOf(model.config, tokenizer, settings);
    const beams = settings.method === "beam" ? settings.beams : 1;
    const shape = { rows: batchSize, beams, prefixLength: mapper.prefixLength, maxTokens, temperature };
    const session = await runtime.compile(mapperGraph(mapper, batchSize), { constants: model.weights });
    const decoding = await Decoder.open(runtime, decoder, model.weights, shape);
    return new Captioner(session, decoding, tokenizer, stopId, mapper.inputWidth);
  }

  /**
   * @param visuals [C] float32 each, as many as the batch size or fewer
   * @returns for each its captions, best first
   */
  async caption(visuals: readonly Float32Array[]): Promise<(readonly Caption[])[]> {
    const found = await this.search(visuals);
    return found.map((beams) => beams.map((beam) => this.#toCaption(beam)));
  }

  /** As `caption`, with the tokens as they were generated: the text does not always give them back. */
  async search(visuals: readonly Float32Array[]): Promise<(readonly Beam[])[]> {
    const { rows } = this.#decoder.shape;
    const visual = new Float32Array(rows * this.#inputWidth);
    visuals.forEach((vector, row) => {
      checkWidth(vector, this.#inputWidth);
      visual.set(vector, row * this.#inputWidth);
    });
    const feeds = new Map<string, HostArray>([["visual", float32([rows, this.#inputWidth], visual)]]);
    const prefix = (await this.#mapper.run(feeds)).get("prefix")!;
    return generateBatch(this.#decoder, prefix, visuals.length, this.#stopId);
  }

  #toCaption({ tokens, score }: Beam): Caption {
    return { text: this.#tokenizer.decode(tokens), score };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#mapper.release();
    await this.#decoder[Symbol.asyncDispose]();
  }
}

function checkWidth({ length }: Float32Array, width: number): void {
  if (length === width) return;
  throw new ModelError("The mapper was made for another encoder or another mode.", {
    where: "the mapper's input",
    expected: `${width} numbers`,
    found: `${length} numbers`,
  });
}
