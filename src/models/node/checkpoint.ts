/** Checkpoints: the trained weights under their official names, and what they need to be used. */
import { z } from "zod";
import { ModelError } from "../../base/errors.ts";
import type { FloatStorage, Weights } from "../../weights/index.ts";
import { readSafetensors, writeSafetensors } from "../../weights/node/index.ts";
import { type CaptionerInfo, captionerInfoSchema } from "../captioner/index.ts";

/** Changes when a file of an older version cannot be used any more. */
const format = "regionformer-checkpoint-1";

/** More that a checkpoint says, as JSON text by topic; read by whoever wrote it. */
export type CheckpointNotes = Readonly<Record<string, string>>;

export interface Checkpoint {
  readonly weights: Weights;
  readonly info: CaptionerInfo;
  readonly notes: CheckpointNotes;
  /** How the file stores the numbers; reading always gives float32. */
  readonly storage?: FloatStorage | undefined;
}

/** Writes a checkpoint atomically. */
export async function writeCheckpoint(path: string, { weights, info, notes, storage }: Checkpoint): Promise<void> {
  await writeSafetensors(path, weights, { ...notes, format, captioner: JSON.stringify(info) }, storage);
}

/** @throws DataError when the file is damaged, ModelError when it is no checkpoint of ours */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const { weights, metadata } = await readSafetensors(path);
  const { format: found, captioner = "null", ...notes } = metadata;
  if (found !== format) {
    throw new ModelError("The file is not a checkpoint that can be read.", {
      where: path,
      expected: `safetensors metadata "format": "${format}"`,
      found: found ?? "no format in the metadata",
      remedy: "Choose a file from the checkpoints/ folder of a run.",
    });
  }
  const info = captionerInfoSchema.safeParse(JSON.parse(captioner));
  if (info.success) return { weights, info: info.data, notes };
  throw new ModelError("The checkpoint's description is damaged.", { where: path, found: z.prettifyError(info.error) });
}
