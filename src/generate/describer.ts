/** One film and boxes in, one sentence out: encoder, mapper and search behind one call. */
import { ModelError, UsageError } from "../base/errors.ts";
import { type Encoder, openEncoder } from "../features/index.ts";
import {
  boxNumbers,
  type EncoderView,
  type Film,
  filmInput,
  fractionOutsideView,
  type ImageSize,
  maskInput,
  type UnitBox,
  unitToPixel,
} from "../images/index.ts";
import { type CaptionerConfig, type CaptionerInfo, joinVectors } from "../models/captioner/index.ts";
import type { EncoderConfig } from "../models/clip/index.ts";
import type { Runtime } from "../runtime/index.ts";
import type { Tokenizer } from "../text/index.ts";
import type { Weights } from "../weights/index.ts";
import { type Caption, Captioner, type GenerationSettings } from "./captioner.ts";

/** Everything that describing needs, from wherever it came. */
export interface DescriberParts {
  readonly captioner: { readonly config: CaptionerConfig; readonly weights: Weights; readonly info: CaptionerInfo };
  readonly encoder: { readonly config: EncoderConfig; readonly weights: Weights };
  /** What the encoder sees of a film, as in the training. */
  readonly view: EncoderView;
  readonly tokenizer: Tokenizer;
  readonly settings: Omit<GenerationSettings, "batchSize">;
}

export interface Description {
  /** The captions of the beams, best first. */
  readonly captions: readonly [Caption, ...Caption[]];
  /** For each box, the share of its area that the encoder's view cuts off. */
  readonly outsideView: readonly number[];
}

export class Describer implements AsyncDisposable {
  /** What the checkpoint says about itself. */
  readonly info: CaptionerInfo;
  readonly #view: EncoderView;
  readonly #encoder: Encoder;
  readonly #captioner: Captioner;

  private constructor({ captioner: { info }, view }: DescriberParts, encoder: Encoder, captioner: Captioner) {
    this.info = info;
    this.#view = view;
    this.#encoder = encoder;
    this.#captioner = captioner;
  }

  /** @throws ModelError when the parts do not fit together, UsageError when a setting of the search is none */
  static async open(runtime: Runtime, parts: DescriberParts): Promise<Describer> {
    const { captioner: model, encoder, tokenizer, settings } = parts;
    const eye = await openEncoder(runtime, encoder.config, encoder.weights, 2);
    const opening = Captioner.open(runtime, model, tokenizer, { ...settings, batchSize: 1 });
    const captioner = await opening.catch(async (error: unknown) => {
      await eye[Symbol.asyncDispose]();
      throw error;
    });
    return new Describer(parts, eye, captioner);
  }

  /**
   * @param boxes of one finding; none for a mask that is black, as for a negative sentence
   * @throws UsageError for a box without an area on the film, as one in pixels is
   */
  async describe(film: Film, boxes: readonly UnitBox[]): Promise<Description> {
    for (const box of boxes) checkBox(box, film);
    const squares = [filmInput(film, this.#view), maskInput(boxes, film, this.#view)];
    const [image, mask] = (await this.#encoder.encode(squares)) as [Float32Array, Float32Array];
    const seen = { image, mask, box: boxNumbers(boxes) };
    const [captions] = await this.#captioner.caption([joinVectors(seen, this.info.input)]);
    const [best, ...others] = captions ?? [];
    if (best === undefined) throw new ModelError("The search gave no caption.", { where: "describe" });
    return {
      captions: [best, ...others],
      outsideView: boxes.map((box) => fractionOutsideView(box, film, this.#view)),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#encoder[Symbol.asyncDispose]();
    await this.#captioner[Symbol.asyncDispose]();
  }
}

/** A box in pixels, or a reversed one, would be a black mask, and its sentence that of no box at all. */
function checkBox(box: UnitBox, film: ImageSize): void {
  if (box.space === "unit" && unitToPixel(box, film) !== undefined) return;
  const { x1, y1, x2, y2 } = box;
  throw new UsageError("The box has no area on the film.", {
    where: `box ${x1},${y1},${x2},${y2}`,
    expected: "fractions of width and height, x1 < x2 and y1 < y2",
    remedy: "Make fractions of pixels with pixelToUnit(box, film).",
  });
}
