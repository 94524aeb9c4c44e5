/** A whole training from rows to a run folder. */
import { ModelError } from "../../base/errors.ts";
import { writeFileAtomic } from "../../base/node/files.ts";
import { sha256 } from "../../base/node/hash.ts";
import type { Reporter } from "../../base/reporter.ts";
import type { Row } from "../../data/index.ts";
import { type Features, visualVector } from "../../features/index.ts";
import { type CaptionerInfo, type VisualInput, visualWidth } from "../../models/captioner/index.ts";
import { decoderPrefix } from "../../models/gpt2/index.ts";
import { initialMapperWeights, type MapperConfig, mapperPrefix } from "../../models/mapper/index.ts";
import { type DecoderModel, writeCheckpoint } from "../../models/node/index.ts";
import type { AdamWConfig } from "../../nn/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import { captionLimit, type Tokenizer } from "../../text/index.ts";
import type { FloatStorage } from "../../weights/index.ts";
import type { Example } from "../batches.ts";
import { CaptionLearner } from "../caption-learner.ts";
import { type EpochRecord, scheduleOf, type TrainingPlan } from "../training.ts";
import type { Run } from "./run.ts";
import { type RunTraining, trainInRun } from "./train-in-run.ts";

export interface TrainRunOptions extends Omit<TrainingPlan<Example>, "train" | "selection"> {
  readonly input: VisualInput;
  readonly id0InLoss: boolean;
  readonly optimizer: AdamWConfig;
  readonly mapper: Omit<MapperConfig, "inputWidth" | "decoderWidth">;
  /** Train the decoder too. */
  readonly jointDecoder: boolean;
  /** Dropout of the decoder while it is trained; none when absent. A frozen decoder has none. */
  readonly decoderDropout?: number | undefined;
  /** Rows computed at a time; whole batches when absent. */
  readonly microBatch?: number | undefined;
  /** How checkpoints store their numbers; float32 when absent. The saved state is always exact. */
  readonly checkpointType?: FloatStorage | undefined;
  /** Keep a checkpoint of every epoch, not of the best one alone; true when absent. Changes no result. */
  readonly keepEpochs?: boolean | undefined;
}

export interface TrainRunData {
  readonly train: readonly Row[];
  /** Rows of the split that chooses the checkpoint. */
  readonly selection: readonly Row[];
  readonly features: Features;
  readonly decoder: DecoderModel;
  readonly tokenizer: Tokenizer;
}

export interface TrainRunOutcome {
  readonly epochs: readonly EpochRecord[];
  readonly best: EpochRecord;
  readonly trainedParameters: number;
}

/**
 * Captions longer than the limit of their own split are cut there, as the reference pads (REFERENCE §2.8).
 * @throws DataError when the features do not hold a row, ModelError when prefix and caption do not fit the decoder
 */
function examplesOf(
  rows: readonly Row[],
  { features, decoder, tokenizer }: TrainRunData,
  { input, mapper }: TrainRunOptions,
): Example[] {
  const tokens = rows.map((row) => tokenizer.encode(row.sentence));
  const limit = captionLimit(tokens.map(({ length }) => length));
  // The last token predicts nothing, so the decoder never reads it.
  const room = decoder.config.positions - mapper.prefixLength + 1;
  return rows.map((row, i) => {
    const caption = tokens[i]!.slice(0, limit);
    if (caption.length > room) throw tooLong(row, caption.length, room, mapper.prefixLength);
    return { visual: visualVector(features, row, input), tokens: caption };
  });
}

function tooLong({ imageId }: Row, length: number, room: number, prefixLength: number): ModelError {
  return new ModelError("A sentence is longer than the decoder can hold.", {
    where: `image ${imageId}`,
    expected: `at most ${Math.max(0, room)} tokens after a prefix of ${prefixLength}`,
    found: `${length} tokens`,
    remedy: "Choose a shorter --prefix-length, or a decoder with more positions.",
  });
}

/** Trains and writes log and checkpoints into the run folder. */
export async function trainRun(
  run: Run,
  runtime: Runtime,
  data: TrainRunData,
  options: TrainRunOptions,
  reporter: Reporter,
): Promise<TrainRunOutcome> {
  const { features, decoder } = data;
  const mapper: MapperConfig = {
    ...options.mapper,
    inputWidth: visualWidth(features.width, options.input),
    decoderWidth: decoder.config.width,
  };
  const plan: TrainingPlan<Example> = {
    ...options,
    train: examplesOf(data.train, data, options),
    selection: examplesOf(data.selection, data, options),
  };
  warnAboutSchedule(plan, reporter);
  await using learner = await CaptionLearner.open(runtime, {
    model: { mapper, decoder: decoder.config },
    optimizer: options.optimizer,
    weights: new Map([...initialMapperWeights(mapper, options.seed), ...decoder.weights]),
    isTrainable: (name) =>
      name.startsWith(`${mapperPrefix}.`) || (options.jointDecoder && name.startsWith(`${decoderPrefix}.`)),
    id0InLoss: options.id0InLoss,
    microBatch: options.microBatch,
    dropout: dropoutOf(options),
  });
  const info: CaptionerInfo = {
    mapper,
    input: options.input,
    decoder: decoder.identity,
    jointDecoder: options.jointDecoder,
  };
  const { trainer } = learner;
  const training: RunTraining<Example> = {
    learner,
    trainer,
    plan,
    subject: subjectOf(plan, options, info, features),
    keepEpochs: options.keepEpochs ?? true,
    writeCheckpoint: async (path, record) => {
      const notes = { encoder: JSON.stringify(features.encoder), training: JSON.stringify(record) };
      await writeCheckpoint(path, { weights: trainer.trained, info, notes, storage: options.checkpointType });
    },
  };
  const epochs = await trainInRun(run, training, reporter);
  const trained = [...learner.trainer.trained.values()].reduce((sum, { data }) => sum + data.length, 0);
  return { epochs, best: epochs.findLast(({ isBest }) => isBest) ?? epochs[0]!, trainedParameters: trained };
}

function dropoutOf({ jointDecoder, decoderDropout = 0, seed }: TrainRunOptions) {
  return jointDecoder && decoderDropout > 0 ? { rate: decoderDropout, seed } : undefined;
}

/** A hash of all that decides the result: rows, models, settings. */
function subjectOf(
  plan: TrainingPlan<Example>,
  options: TrainRunOptions,
  info: CaptionerInfo,
  { encoder }: Features,
): string {
  const { saveEvery: _, keepEpochs: __, ...decisive } = options;
  const rows = [plan.train, plan.selection].map((rows) =>
    rows.map(({ visual, tokens }) =>
      sha256(new Uint8Array(visual.buffer, visual.byteOffset, visual.byteLength), JSON.stringify(tokens)),
    ),
  );
  return sha256(JSON.stringify([decisive, info.mapper, info.decoder.hash, encoder.hash, ...rows]));
}

/** REFERENCE §9.2: on few rows the reference's warm-up never ends, and data size is confounded with learning rate. */
function warnAboutSchedule(plan: TrainingPlan<Example>, { log }: Reporter): void {
  const { totalSteps, warmupSteps } = scheduleOf(plan);
  if (warmupSteps < totalSteps) return;
  log.warn(
    `The warm-up of ${warmupSteps} steps does not end within the run's ${totalSteps} steps: the learning rate never ` +
      "reaches its value. Choose fewer --warmup-steps or a --warmup-fraction, more epochs or a smaller batch.",
  );
}

/** Rows that a station leaves out, by reason; written into the run folder so that nothing goes silently. */
export interface SkippedRows {
  readonly reason: string;
  readonly rows: readonly { readonly studyId: string; readonly imageId: string }[];
  /** Places in files, where a record could not even be read as a row. */
  readonly places?: readonly string[];
  /** Nobody asked for it: damage, not a choice. */
  readonly isLoss: boolean;
}

export async function writeSkipped(run: Run, skipped: readonly SkippedRows[]): Promise<void> {
  await writeFileAtomic(run.skippedPath, `${JSON.stringify(skipped, undefined, 1)}\n`);
}
