/** One film and boxes in, one sentence out: encoder, mapper and search behind one call. */
import { ModelError } from "../../base/errors.ts";
import { type Encoder, openEncoder } from "../../features/index.ts";
import { checkEncoder, encoderOfCheckpoint, identifyEncoder } from "../../features/node/index.ts";
import {
  type EncoderView,
  type Film,
  filmInput,
  fractionOutsideView,
  maskInput,
  type UnitBox,
} from "../../images/index.ts";
import { type CaptionerInfo, joinVectors } from "../../models/captioner/index.ts";
import { type CaptionerModel, loadCaptioner, loadEncoder } from "../../models/node/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import { loadTokenizer } from "../../text/node/index.ts";
import { type Caption, Captioner, type GenerationSettings } from "../captioner.ts";

export interface DescriberOptions {
  /** Folder of the CLIP model, where it is not at the place of the encoding. */
  readonly encoderModel?: string | undefined;
  /** Folder of the GPT-2 model, where it is not at the place of the training. */
  readonly decoderModel?: string | undefined;
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

  private constructor(model: CaptionerModel, view: EncoderView, encoder: Encoder, captioner: Captioner) {
    this.info = model.info;
    this.#view = view;
    this.#encoder = encoder;
    this.#captioner = captioner;
  }

  /**
   * Opens a checkpoint with the encoder and the decoder it was trained with.
   * @throws ModelError when one of them is missing or is another one
   */
  static async open(runtime: Runtime, checkpoint: string, options: DescriberOptions): Promise<Describer> {
    const model = await loadCaptioner(checkpoint, options.decoderModel);
    const trainedOn = encoderOfCheckpoint(checkpoint, model.notes);
    const encoder = await loadEncoder(options.encoderModel ?? trainedOn.path);
    checkEncoder(checkpoint, identifyEncoder(encoder, trainedOn.view.fit), trainedOn);
    const tokenizer = await loadTokenizer(model.decoderDir, model.config.decoder.vocabularySize);
    const eye = await openEncoder(runtime, encoder.config, encoder.weights, 2);
    const captioner = await Captioner.open(runtime, model, tokenizer, { ...options.settings, batchSize: 1 });
    return new Describer(model, trainedOn.view, eye, captioner);
  }

  /** @param boxes of one finding; none for a mask that is black, as for a negative sentence */
  async describe(film: Film, boxes: readonly UnitBox[]): Promise<Description> {
    const squares = [filmInput(film, this.#view), maskInput(boxes, film, this.#view)];
    const [image, mask] = (await this.#encoder.encode(squares)) as [Float32Array, Float32Array];
    const [captions] = await this.#captioner.caption([joinVectors(image, mask, this.info.input)]);
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
