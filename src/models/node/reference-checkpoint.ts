/** Checkpoints of the public code and of ClipCap: state dicts with `clip_project.*`, with or without `gpt.*`. */
import { type HostArray, type Shape, sameShape } from "../../base/arrays.ts";
import { ModelError } from "../../base/errors.ts";
import { openWeights, type WeightsFile } from "../../weights/node/index.ts";
import type { CaptionerInfo, VisualInput } from "../captioner/index.ts";
import { mapperConfigOf, mapperShapes } from "../mapper/index.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { DecoderModel } from "./load-decoder.ts";

export interface ReferenceCheckpointOptions {
  /** The decoder of the training; a checkpoint without `gpt.*` relies on it. */
  readonly decoder: DecoderModel;
  /** What the mapper was given: nothing in the file tells. */
  readonly input: VisualInput;
  /** Heads of the transformer mapper; the public code has 8. */
  readonly heads: number;
}

/**
 * Reads such a checkpoint as one of ours. The decoder's weights are kept only where they differ from the given
 * decoder's, which means that it was trained too; the tied output layer and the attention masks are passed over.
 * @throws DataError when the file is damaged, ModelError when it holds no mapper or does not fit the decoder
 */
export async function readReferenceCheckpoint(
  path: string,
  { decoder, input, heads }: ReferenceCheckpointOptions,
): Promise<Omit<Checkpoint, "notes">> {
  await using file = await openWeights(path);
  const mapper = mapperConfigOf(file.entries, decoder.config.width, heads, path);
  const weights = new Map<string, HostArray>();
  for (const [name, shape] of mapperShapes(mapper)) weights.set(name, await readShaped(file, name, shape));
  const own = await readOwnDecoder(file, decoder);
  const info: CaptionerInfo = { mapper, input, decoder: decoder.identity, jointDecoder: own.size > 0 };
  return { weights: new Map([...weights, ...own]), info };
}

/** The checkpoint's decoder, or nothing where it has none or the one that is known already. */
async function readOwnDecoder(file: WeightsFile, { weights }: DecoderModel): Promise<Map<string, HostArray>> {
  const own = new Map<string, HostArray>();
  if (![...weights.keys()].some((name) => file.entries.has(name))) return own;
  let differs = false;
  for (const [name, known] of weights) {
    const array = await readShaped(file, name, known.shape);
    own.set(name, array);
    differs ||= array.data.some((value, i) => value !== known.data[i]);
  }
  return differs ? own : new Map();
}

async function readShaped(file: WeightsFile, name: string, shape: Shape): Promise<HostArray> {
  const array = await file.read(name);
  if (sameShape(array.shape, shape) && array.dtype === "float32") return array;
  throw new ModelError("A tensor of the checkpoint has an unusual shape or type.", {
    where: `${file.path}, tensor "${name}"`,
    expected: `float32 [${shape}]`,
    found: `${array.dtype} [${array.shape}]`,
    remedy: "Give the decoder that the mapper was trained for.",
  });
}
