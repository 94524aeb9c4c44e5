/** A film, boxes and a trained system in; sentences and the reasons for them out. */
import { ModelError } from "../base/errors.ts";
import { type Encoder, openEncoder } from "../features/index.ts";
import { type Beam, Captioner, type DescriberParts } from "../generate/index.ts";
import { type EncoderView, type Film, filmInput, type ImageSize, maskInput, type UnitBox } from "../images/index.ts";
import { joinVectors, type VisualInput } from "../models/captioner/index.ts";
import type { Runtime } from "../runtime/index.ts";
import type { Tokenizer } from "../text/index.ts";
import type { Subject } from "./subject.ts";
import { ExplainedSystem } from "./system.ts";

/** A sentence as the model wrote it. */
export interface Written {
  readonly tokens: readonly number[];
  /** Stripped. */
  readonly text: string;
}

/** Rows written together. */
const writingBatch = 8;

/** No explained model reads boxes as numbers. */
const noBox = new Float32Array(4);

export class Explainer implements AsyncDisposable {
  readonly system: ExplainedSystem;
  readonly view: EncoderView;
  readonly input: VisualInput;
  readonly #encoder: Encoder;
  readonly #captioner: Captioner;
  readonly #tokenizer: Tokenizer;

  private constructor(parts: DescriberParts, system: ExplainedSystem, encoder: Encoder, captioner: Captioner) {
    this.system = system;
    this.view = parts.view;
    this.input = parts.captioner.info.input;
    this.#encoder = encoder;
    this.#captioner = captioner;
    this.#tokenizer = parts.tokenizer;
  }

  /** @throws ModelError when the parts do not fit together */
  static async open(runtime: Runtime, parts: DescriberParts): Promise<Explainer> {
    const { captioner: model, encoder, tokenizer, settings } = parts;
    if (model.info.input.mode === "image+box") {
      throw new ModelError("A model that was given boxes as numbers has no mask to explain.", {
        where: "mode image+box",
        expected: "a run of mode image, mask or image+mask",
      });
    }
    const config = { encoder: encoder.config, captioner: model.config, input: model.info.input };
    const system = new ExplainedSystem(runtime, config, new Map([...encoder.weights, ...model.weights]));
    const eye = await openEncoder(runtime, encoder.config, encoder.weights, 2 * writingBatch);
    const captioner = await Captioner.open(runtime, model, tokenizer, { ...settings, batchSize: writingBatch });
    return new Explainer(parts, system, eye, captioner);
  }

  /** Film and mask as the encoder sees them. */
  squaresOf(film: Film, boxes: readonly UnitBox[]): Subject["squares"] {
    return { image: filmInput(film, this.view), mask: this.maskOf(film, boxes) };
  }

  maskOf(film: ImageSize, boxes: readonly UnitBox[]): Subject["squares"]["mask"] {
    return maskInput(boxes, film, this.view);
  }

  /** The best sentence for each pair of squares. */
  async write(squares: readonly Subject["squares"][]): Promise<Written[]> {
    const written: Written[] = [];
    for (let start = 0; start < squares.length; start += writingBatch) {
      const batch = squares.slice(start, start + writingBatch);
      const vectors = await this.#encoder.encode(batch.flatMap(({ image, mask }) => [image, mask]));
      const seen = batch.map((_, i) => ({ image: vectors[2 * i]!, mask: vectors[2 * i + 1]!, box: noBox }));
      const visuals = seen.map((vectors) => joinVectors(vectors, this.input));
      for (const [best] of await this.#captioner.search(visuals)) written.push(this.#written((best as Beam).tokens));
    }
    return written;
  }

  /** A sentence of somebody else's, in the model's tokens. */
  read(text: string): Written {
    return { tokens: this.#tokenizer.encode(text), text };
  }

  /** What each token is of the text. */
  pieces(tokens: readonly number[]): string[] {
    return tokens.map((token) => this.#tokenizer.decode([token]));
  }

  #written(tokens: readonly number[]): Written {
    return { tokens, text: this.#tokenizer.decode(tokens).trim() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.system[Symbol.asyncDispose]();
    await this.#encoder[Symbol.asyncDispose]();
    await this.#captioner[Symbol.asyncDispose]();
  }
}
