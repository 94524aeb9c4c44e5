/** A describer from the files of a training. */
import { checkEncoder, encoderOfCheckpoint, identifyEncoder } from "../../features/index.ts";
import {
  type CaptionerModel,
  type EncoderModel,
  loadCaptioner,
  loadEncoder,
  readCheckpointHeader,
  rememberedPlace,
} from "../../models/node/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import { loadTokenizer } from "../../text/node/index.ts";
import { Describer, type DescriberParts } from "../describer.ts";

export interface DescriberOptions {
  /** Folder of the CLIP model, where it is not at the place of the encoding. */
  readonly encoderModel?: string | undefined;
  /** Folder of the GPT-2 model, where it is not at the place of the training. */
  readonly decoderModel?: string | undefined;
  readonly settings: DescriberParts["settings"];
}

/** What describing needs, with what the files say about themselves. */
export interface LoadedDescriberParts extends DescriberParts {
  readonly captioner: CaptionerModel;
  readonly encoder: EncoderModel;
}

/**
 * Reads a checkpoint with the encoder and the decoder it was trained with.
 * @throws ModelError when one of them is missing or is another one
 */
export async function loadDescriberParts(
  checkpoint: string,
  { encoderModel, decoderModel, settings }: DescriberOptions,
): Promise<LoadedDescriberParts> {
  const trainedOn = encoderOfCheckpoint(checkpoint, (await readCheckpointHeader(checkpoint)).notes);
  const speaking = async () => {
    const captioner = await loadCaptioner(checkpoint, decoderModel);
    return { captioner, tokenizer: await loadTokenizer(captioner.decoderDir, captioner.config.decoder.vocabularySize) };
  };
  // Both models at once: most of it is reading and hashing, which other threads do.
  const [{ captioner, tokenizer }, encoder] = await Promise.all([
    speaking(),
    loadEncoder(encoderModel ?? rememberedPlace(checkpoint, trainedOn.path)),
  ]);
  checkEncoder(checkpoint, identifyEncoder(encoder, trainedOn.view.fit), trainedOn);
  return { captioner, encoder, view: trainedOn.view, tokenizer, settings };
}

/** Opens what `loadDescriberParts` reads. @throws ModelError as that */
export async function openDescriber(
  runtime: Runtime,
  checkpoint: string,
  options: DescriberOptions,
): Promise<Describer> {
  return Describer.open(runtime, await loadDescriberParts(checkpoint, options));
}
