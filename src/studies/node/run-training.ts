/** One training of a study and everything its best checkpoint writes; continued where an earlier process stopped. */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { z } from "zod";
import { removeUnfinishedFiles, writeFileAtomic } from "../../base/node/files.ts";
import { readJsonObject } from "../../base/node/json.ts";
import type { Reporter } from "../../base/reporter.ts";
import type { Features } from "../../features/index.ts";
import { predictionColumns } from "../../generate/node/index.ts";
import { type DecoderModel, loadDecoder, locateModel } from "../../models/node/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import { loadTokenizer } from "../../text/node/index.ts";
import { Run, trainRun } from "../../train/node/index.ts";
import type { StudyFolder } from "./folder.ts";
import type { PlannedCell, PlannedTraining } from "./plan.ts";
import { writeTexts } from "./write-texts.ts";

/** Changes when a file of an older version cannot be used any more. */
const format = "regionformer-cell-1";

const epochSchema = z.object({
  epoch: z.number(),
  step: z.number(),
  trainLoss: z.number(),
  validationLoss: z.number(),
  perplexity: z.number(),
  isBest: z.boolean(),
});

const trainingSchema = z.object({
  format: z.literal(format),
  id: z.string(),
  trainedParameters: z.number(),
  epochs: z.array(epochSchema),
});

/** What a finished training says of itself. */
export type TrainingRecord = z.infer<typeof trainingSchema>;

const cellSchema = z.object({ format: z.literal(format), id: z.string(), training: z.string(), rows: z.number() });

/** The record of a training, or undefined while it is not finished. */
export async function readTraining(
  folder: StudyFolder,
  training: PlannedTraining,
): Promise<TrainingRecord | undefined> {
  const path = join(folder.runPath(training.folder), "training.json");
  const parsed = trainingSchema.safeParse(await readJsonObject(path));
  return parsed.success && parsed.data.id === training.id ? parsed.data : undefined;
}

/** What is needed to find a cell's files and to know that they are its own. */
export type CellFiles = Pick<PlannedCell, "id" | "folder">;

export function predictionsPath(folder: StudyFolder, cell: CellFiles): string {
  return join(folder.cellPath(cell.folder), "predictions.csv");
}

/** Whether the cell's texts are all there. */
export async function isCellDone(folder: StudyFolder, cell: CellFiles): Promise<boolean> {
  const parsed = cellSchema.safeParse(await readJsonObject(join(folder.cellPath(cell.folder), "cell.json")));
  return parsed.success && parsed.data.id === cell.id && existsSync(predictionsPath(folder, cell));
}

async function writeRecord(path: string, record: object): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(record, undefined, 1)}\n`);
}

/** All settings of a training, for people and for `study.html`. */
function configOf({ settings, seed, transforms, train, selection }: PlannedTraining): string {
  const { transforms: _, ...rest } = settings;
  const rows = { train: train.length, selection: selection.length };
  return stringify({ study: { ...rest, seed, transforms, rows } }, { lineWidth: 0 });
}

async function openRun(folder: StudyFolder, training: PlannedTraining): Promise<Run> {
  const dir = folder.runPath(training.folder);
  return existsSync(new Run(dir).configPath) ? Run.open(dir) : Run.create(dir, configOf(training));
}

/** What remains when a training is done: its log, its best checkpoint and its record. */
async function trainOnce(
  folder: StudyFolder,
  training: PlannedTraining,
  features: Features,
  decoder: DecoderModel,
  runtime: Runtime,
  reporter: Reporter,
): Promise<void> {
  if ((await readTraining(folder, training)) !== undefined) return;
  const run = await openRun(folder, training);
  const tokenizer = await loadTokenizer(locateModel(training.settings.decoderModel), decoder.config.vocabularySize);
  const sets = { train: training.train, selection: training.selection, features, decoder, tokenizer };
  const options = { ...training.options, keepEpochs: false };
  const { epochs, trainedParameters } = await trainRun(run, runtime, sets, options, reporter);
  await writeRecord(join(run.dir, "training.json"), { format, id: training.id, trainedParameters, epochs });
  await rm(join(run.dir, "state"), { recursive: true, force: true });
}

/**
 * Trains where that is not done, and writes the texts of the given cells that have none.
 * @param cells of the training
 * @throws InterruptedError when the user asks to stop; what is finished is saved
 */
export async function runTraining(
  folder: StudyFolder,
  training: PlannedTraining,
  cells: readonly PlannedCell[],
  features: Features,
  runtime: Runtime,
  reporter: Reporter,
): Promise<void> {
  const decoder = await loadDecoder(training.settings.decoderModel);
  await trainOnce(folder, training, features, decoder, runtime, reporter);
  const run = await Run.open(folder.runPath(training.folder));
  for (const cell of cells) {
    if (await isCellDone(folder, cell)) continue;
    await removeUnfinishedFiles(folder.cellPath(cell.folder));
    const out = predictionsPath(folder, cell);
    const { test: rows, generation: settings } = cell;
    const { decoderModel } = training.settings;
    await writeTexts(
      { run, out, rows, features, decoderModel, settings, columns: predictionColumns },
      runtime,
      reporter,
    );
    const record = { format, id: cell.id, training: training.folder, rows: rows.length };
    await writeRecord(join(folder.cellPath(cell.folder), "cell.json"), record);
  }
}
