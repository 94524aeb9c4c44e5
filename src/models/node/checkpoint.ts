/** Checkpoints on disk. */
import type { FloatStorage } from "../../weights/index.ts";
import { readSafetensors, SafetensorsFile, writeSafetensors } from "../../weights/node/index.ts";
import { type Checkpoint, checkpointFormat, parseCheckpoint } from "../captioner/index.ts";

export type { Checkpoint, CheckpointNotes } from "../captioner/index.ts";

export interface CheckpointToWrite extends Checkpoint {
  /** How the file stores the numbers; reading always gives float32. */
  readonly storage?: FloatStorage | undefined;
}

/** Writes a checkpoint atomically. */
export async function writeCheckpoint(
  path: string,
  { weights, info, notes, storage }: CheckpointToWrite,
): Promise<void> {
  const metadata = { ...notes, format: checkpointFormat, captioner: JSON.stringify(info) };
  await writeSafetensors(path, weights, metadata, storage);
}

/** @throws DataError when the file is damaged, ModelError when it is no checkpoint of ours */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  return parseCheckpoint(await readSafetensors(path), path);
}

/** What a checkpoint says about itself, without its weights. @throws as `readCheckpoint` */
export async function readCheckpointHeader(path: string): Promise<Omit<Checkpoint, "weights">> {
  await using file = await SafetensorsFile.open(path);
  const { info, notes } = parseCheckpoint({ weights: new Map(), metadata: file.metadata }, path);
  return { info, notes };
}
