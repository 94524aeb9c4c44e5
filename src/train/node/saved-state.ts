/**
 * The state of a training on disk: one file, replaced as a whole, so that a kill at any moment leaves the state of one
 * moment. Weights and moments are its tensors; where the loop stands is its metadata.
 */
import { existsSync } from "node:fs";
import { z } from "zod";
import { sameShape } from "../../base/arrays.ts";
import { DataError, UsageError } from "../../base/errors.ts";
import { parseJsonObject } from "../../base/json.ts";
import { SafetensorsFile, writeSafetensors } from "../../weights/node/index.ts";
import type { TrainerState } from "../trainer.ts";
import type { TrainingPosition } from "../training.ts";
import type { LogPosition } from "./training-log.ts";

const format = "regionformer-state-1";

const count = z.number().int().nonnegative();

const momentSchema = z.object({
  position: z.object({
    step: count,
    lossSum: z.number(),
    epochs: z.array(
      z.object({
        epoch: count,
        step: count,
        trainLoss: z.number(),
        validationLoss: z.number(),
        perplexity: z.number(),
        isBest: z.boolean(),
      }),
    ),
  }),
  log: z.object({ lines: count, events: count }),
});

/** One moment of a training, without its arrays. */
export interface Moment {
  readonly position: TrainingPosition;
  readonly log: LogPosition;
}

/** @param subject names what is trained on what; a state is only used for the same subject again */
export async function writeState(path: string, trainer: TrainerState, subject: string, moment: Moment): Promise<void> {
  await writeSafetensors(path, trainer.state, { format, subject, moment: JSON.stringify(moment) });
}

/**
 * Puts a saved state into a trainer.
 * @returns its moment, or undefined where nothing was saved yet
 * @throws DataError when the file is damaged, UsageError when it belongs to another subject
 */
export async function restoreState(path: string, trainer: TrainerState, subject: string): Promise<Moment | undefined> {
  if (!existsSync(path)) return undefined;
  await using file = await SafetensorsFile.open(path);
  const { metadata } = file;
  const moment = momentSchema.safeParse(parseJsonObject(metadata.moment ?? ""));
  if (metadata.format !== format || !moment.success) throw damaged(path, `format ${metadata.format ?? "missing"}`);
  if (metadata.subject !== subject) {
    throw new UsageError("The run was begun with other rows, features, models or settings.", {
      where: path,
      expected: `training ${metadata.subject?.slice(0, 12)}…`,
      found: `training ${subject.slice(0, 12)}…`,
      remedy: "Resume with the same data, models and options, or begin a new run with another --out.",
    });
  }
  for (const [name, array] of trainer.state) {
    const entry = file.entries.get(name);
    if (entry === undefined || !sameShape(entry.shape, array.shape)) throw damaged(path, `no fitting tensor "${name}"`);
    const saved = await file.read(name);
    (array.data as Float32Array).set(saved.data as Float32Array);
  }
  trainer.restore(moment.data.position.step);
  return moment.data;
}

function damaged(path: string, found: string): DataError {
  return new DataError("The saved state of the training is damaged.", {
    where: path,
    expected: `a file of format ${format}`,
    found,
    remedy: "Begin a new run; checkpoints of finished epochs can still be used.",
  });
}
