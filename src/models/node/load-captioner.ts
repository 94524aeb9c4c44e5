import { ModelError } from "../../base/errors.ts";
import type { Weights } from "../../weights/index.ts";
import type { CaptionerConfig, CaptionerInfo } from "../captioner/index.ts";
import { type CheckpointNotes, readCheckpoint, readCheckpointHeader } from "./checkpoint.ts";
import { locateModel } from "./embedded.ts";
import { type DecoderModel, loadDecoder } from "./load-decoder.ts";
import { rememberedPlace } from "./remembered-place.ts";

export interface CaptionerModel {
  readonly config: CaptionerConfig;
  /** Mapper and decoder. */
  readonly weights: Weights;
  readonly info: CaptionerInfo;
  readonly notes: CheckpointNotes;
  /** The decoder's folder on disk: its tokenizer is there. */
  readonly decoderDir: string;
}

/**
 * Reads a checkpoint together with the decoder it was trained for.
 * @param decoderDir the decoder's folder, where it is not at the place the checkpoint remembers
 * @throws ModelError when the decoder is missing or is not the one of the training
 */
export async function loadCaptioner(checkpoint: string, decoderDir?: string): Promise<CaptionerModel> {
  const { info, notes } = await readCheckpointHeader(checkpoint);
  const dir = decoderDir ?? rememberedPlace(checkpoint, info.decoder.path);
  const [{ weights }, decoder] = await Promise.all([readCheckpoint(checkpoint), loadDecoder(dir)]);
  checkDecoder(decoder, info, checkpoint);
  const config = { mapper: info.mapper, decoder: decoder.config };
  return { config, weights: new Map([...decoder.weights, ...weights]), info, notes, decoderDir: locateModel(dir) };
}

function checkDecoder({ identity }: DecoderModel, { decoder }: CaptionerInfo, checkpoint: string): void {
  if (identity.hash === decoder.hash) return;
  throw new ModelError("The decoder is not the one this checkpoint was trained for.", {
    where: checkpoint,
    expected: `${decoder.name} with hash ${decoder.hash.slice(0, 12)}…`,
    found: `${identity.name} with hash ${identity.hash.slice(0, 12)}… in ${identity.path}`,
    remedy: "Give the decoder's folder with --decoder-model.",
  });
}
