/** How long a study will take on this machine: one step of each kind is measured, the rest is counted. */
import { Random } from "../../base/random.ts";
import { silentReporter } from "../../base/reporter.ts";
import type { Row } from "../../data/index.ts";
import { identifyEncoder, openEncoder } from "../../features/index.ts";
import { readSquares } from "../../features/node/index.ts";
import { Captioner } from "../../generate/index.ts";
import { visualWidth } from "../../models/captioner/index.ts";
import { initialMapperWeights, type MapperConfig } from "../../models/mapper/index.ts";
import { loadDecoder, loadEncoder, locateModel } from "../../models/node/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import { captionLimit } from "../../text/index.ts";
import { loadTokenizer } from "../../text/node/index.ts";
import { CaptionLearner, type Example, stepsPerEpoch } from "../../train/index.ts";
import { isEncoded } from "./embed-rows.ts";
import type { PlannedTraining } from "./plan.ts";
import type { PreparedStudy } from "./prepare.ts";
import type { Work } from "./run-study.ts";

/** Seconds of one unit of work. */
export interface MeasuredCosts {
  /** One update. */
  readonly step: number;
  /** One validation batch. */
  readonly validationBatch: number;
  /** One batch of texts; untrained models rarely stop early, so this is rather too long. */
  readonly textBatch: number;
}

export interface StudyEstimate {
  /** By kind of training, as `costKey` names it. */
  readonly costs: ReadonlyMap<string, MeasuredCosts>;
  readonly filmsToEncode: number;
  /** Of one film, read and encoded with a mask. */
  readonly secondsPerFilm: number;
  readonly steps: number;
  readonly trainingSeconds: number;
  readonly textSeconds: number;
  readonly encodingSeconds: number;
}

/** Trainings with the same key cost the same a step: the mode changes the width of one product only. */
export function costKey({ options, settings }: PlannedTraining): string {
  const { mapper, batchSize, microBatch, validationBatchSize, jointDecoder } = options;
  const { beams, maxTokens, decoderModel } = settings;
  return JSON.stringify([
    mapper,
    batchSize,
    microBatch,
    validationBatchSize,
    jointDecoder,
    beams,
    maxTokens,
    decoderModel,
  ]);
}

/** Updates of a training; 0 where it has fewer rows than a batch and will refuse. */
export function stepsOf({ train, options }: Pick<PlannedTraining, "train" | "options">): number {
  return train.length < options.batchSize ? 0 : stepsPerEpoch(train.length, options.batchSize) * options.epochs;
}

function seconds(since: number): number {
  return (performance.now() - since) / 1000;
}

/** The second of two: the first compiles the graph and touches its memory. */
async function timed(task: () => Promise<unknown>): Promise<number> {
  await task();
  const started = performance.now();
  await task();
  return seconds(started);
}

function randomUnit(width: number, random: Random): Float32Array {
  const values = Float32Array.from({ length: width }, () => random.normal());
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

async function measure(training: PlannedTraining, embeddingWidth: number, runtime: Runtime): Promise<MeasuredCosts> {
  const { options, settings, train } = training;
  const decoder = await loadDecoder(settings.decoderModel);
  const tokenizer = await loadTokenizer(locateModel(settings.decoderModel), decoder.config.vocabularySize);
  const inputWidth = visualWidth(embeddingWidth, options.input);
  const mapper: MapperConfig = { ...options.mapper, inputWidth, decoderWidth: decoder.config.width };
  const weights = new Map([...initialMapperWeights(mapper, 0), ...decoder.weights]);
  const random = Random.named(0, "estimate");
  const tokens = train
    .slice(0, Math.max(options.batchSize, options.validationBatchSize))
    .map((row) => tokenizer.encode(row.sentence));
  const limit = captionLimit(tokens.map(({ length }) => length));
  const examples = tokens.map(
    (each): Example => ({ visual: randomUnit(inputWidth, random), tokens: each.slice(0, limit) }),
  );
  const model = { mapper, decoder: decoder.config };
  let costs: Pick<MeasuredCosts, "step" | "validationBatch">;
  {
    await using learner = await CaptionLearner.open(runtime, {
      ...{ model, weights, optimizer: options.optimizer, id0InLoss: options.id0InLoss, microBatch: options.microBatch },
      isTrainable: (name) => !decoder.weights.has(name) || options.jointDecoder,
    });
    const step = await timed(() => learner.step(examples.slice(0, options.batchSize), options.learningRate));
    const rows = options.validationBatchSize;
    costs = { step, validationBatch: await timed(() => learner.evaluate(examples.slice(0, rows), rows)) };
  }
  const { generation } = training.cells[0]!;
  await using captioner = await Captioner.open(runtime, { config: model, weights }, tokenizer, generation);
  const visuals = Array.from({ length: generation.batchSize }, () => randomUnit(inputWidth, random));
  return { ...costs, textBatch: await timed(() => captioner.caption(visuals)) };
}

/** Seconds for one film with one mask, read and encoded; 0 where nothing is to be encoded. */
async function measureFilm(row: Row | undefined, training: PlannedTraining, runtime: Runtime): Promise<number> {
  if (row?.imagePath === undefined) return 0;
  const model = await loadEncoder(training.settings.encoderModel);
  const { view } = identifyEncoder(model, training.settings.fit);
  await using encoder = await openEncoder(runtime, model.config, model.weights, 2);
  const film = { source: row.imagePath, boxLists: [row.boxes] };
  // Awaited here: the encoder must outlive it.
  return await timed(async () => {
    const [squares] = await readSquares([film], view, silentReporter);
    await encoder.encode([squares!.image, squares!.masks[0]!]);
  });
}

/** Measures on this machine; takes some steps of each kind of training. */
export async function estimateStudy(
  { plan, features }: PreparedStudy,
  work: readonly Work[],
  jobs: number,
  runtime: Runtime,
): Promise<StudyEstimate> {
  const costs = new Map<string, MeasuredCosts>();
  let [steps, trainingSeconds, textSeconds] = [0, 0, 0];
  for (const { training, cells } of work) {
    const key = costKey(training);
    const cost = costs.get(key) ?? (await measure(training, features.get(training.features)!.width, runtime));
    costs.set(key, cost);
    const own = stepsOf(training);
    const { epochs, validationBatchSize } = training.options;
    steps += own;
    trainingSeconds += own * cost.step;
    trainingSeconds += epochs * Math.ceil(training.selection.length / validationBatchSize) * cost.validationBatch;
    for (const { test, generation } of cells) {
      textSeconds += Math.ceil(test.length / generation.batchSize) * cost.textBatch;
    }
  }
  const missing = new Map<string, { readonly row: Row; readonly training: PlannedTraining }>();
  for (const training of plan.trainings) {
    const known = features.get(training.features)!;
    const rows = [...training.train, ...training.selection, ...training.cells.flatMap(({ test }) => test)];
    for (const row of rows) {
      const key = `${training.features}/${row.imageId}`;
      if (!missing.has(key) && !isEncoded(row, known)) missing.set(key, { row, training });
    }
  }
  const [first] = missing.values();
  const secondsPerFilm = first === undefined ? 0 : await measureFilm(first.row, first.training, runtime);
  return {
    ...{ costs, steps, secondsPerFilm },
    filmsToEncode: missing.size,
    trainingSeconds: trainingSeconds / jobs,
    textSeconds: textSeconds / jobs,
    encodingSeconds: missing.size * secondsPerFilm,
  };
}
