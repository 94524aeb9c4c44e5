/** Checkpoints: the trained weights under their official names, and what they need to be used. */
import { z } from "zod";
import { ModelError } from "../../base/errors.ts";
import { parseJsonObject } from "../../base/json.ts";
import type { Weights } from "../../weights/index.ts";
import { type CaptionerInfo, captionerInfoSchema } from "./captioner-info.ts";

/** Changes when a file of an older version cannot be used any more. */
export const checkpointFormat = "regionformer-checkpoint-1";

/** More that a checkpoint says, as JSON text by topic; read by whoever wrote it. */
export type CheckpointNotes = Readonly<Record<string, string>>;

export interface Checkpoint {
  readonly weights: Weights;
  readonly info: CaptionerInfo;
  readonly notes: CheckpointNotes;
}

/**
 * What a file's tensors and metadata say.
 * @throws ModelError when it is no checkpoint of ours
 */
export function parseCheckpoint(
  { weights, metadata }: { readonly weights: Weights; readonly metadata: Readonly<Record<string, string>> },
  where: string,
): Checkpoint {
  const { format: found, captioner = "", ...notes } = metadata;
  if (found !== checkpointFormat) {
    throw new ModelError("The file is not a checkpoint that can be read.", {
      where,
      expected: `safetensors metadata "format": "${checkpointFormat}"`,
      found: found ?? "no format in the metadata",
      remedy: "Choose a file from the checkpoints/ folder of a run.",
    });
  }
  const info = captionerInfoSchema.safeParse(parseJsonObject(captioner));
  if (info.success) return { weights, info: info.data, notes };
  throw new ModelError("The checkpoint's description is damaged.", { where, found: z.prettifyError(info.error) });
}
