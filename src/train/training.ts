/** The training loop: REFERENCE §3. What is written where is the sink's business. */
import { DataError, InterruptedError } from "../base/errors.ts";
import { Random } from "../base/random.ts";
import type { Reporter } from "../base/reporter.ts";
import { learningRateAt, type Schedule } from "./schedule.ts";

export interface Evaluation {
  /** Mean loss over all targets. */
  readonly loss: number;
  readonly targets: number;
}

/** What the loop trains: it sees rows, whatever they are made of. */
export interface Learner<Row> {
  /** Updates made so far. */
  readonly stepsDone: number;
  /** One update on a batch; gives the loss before it. */
  step(rows: readonly Row[], learningRate: number): Promise<number>;
  /** The loss over all rows, in batches of a size. */
  evaluate(rows: readonly Row[], batchSize: number): Promise<Evaluation>;
}

export interface TrainingPlan<Row> {
  readonly train: readonly Row[];
  /** Rows whose loss chooses the best checkpoint. */
  readonly selection: readonly Row[];
  readonly batchSize: number;
  /** Rows of a validation batch. */
  readonly validationBatchSize: number;
  readonly epochs: number;
  readonly learningRate: number;
  /** Steps until the learning rate is reached. */
  readonly warmupSteps: number;
  /** The same as a share of all steps of the run; when given, `warmupSteps` does not count. */
  readonly warmupFraction?: number | undefined;
  /** Decides the order of the rows. */
  readonly seed: number;
  /** Stop after so many epochs in a row without a lower validation loss; never when absent. */
  readonly earlyStopping?: number | undefined;
  /** Updates between two savings; epochs are saved anyway. 50 when absent. */
  readonly saveEvery?: number | undefined;
}

export interface StepRecord {
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly seconds: number;
}

export interface EpochRecord {
  readonly epoch: number;
  readonly step: number;
  /** Mean loss of the epoch's steps. */
  readonly trainLoss: number;
  readonly validationLoss: number;
  readonly perplexity: number;
  readonly isBest: boolean;
}

/** Where the loop stands between two updates: with the learner's state, all that is needed to go on from there. */
export interface TrainingPosition {
  /** Updates made. */
  readonly step: number;
  /** Σ loss over the steps of the epoch that is not finished. */
  readonly lossSum: number;
  /** Records of the finished epochs. */
  readonly epochs: readonly EpochRecord[];
}

export const startOfTraining: TrainingPosition = { step: 0, lossSum: 0, epochs: [] };

/** Where the loop leaves its results. */
export interface TrainingSink {
  step(record: StepRecord): Promise<void>;
  /** Called after validation, with the learner still at the end of the epoch. */
  epoch(record: EpochRecord): Promise<void>;
  /**
   * Keeps the learner's state and the position together; called every few steps, after each epoch, and on Ctrl-C. Absent
   * where a training is too short to be continued.
   */
  save?(position: TrainingPosition): Promise<void>;
}

/** Updates per epoch: the last partial batch is dropped. @throws DataError when there is not a single batch */
export function stepsPerEpoch(rows: number, batchSize: number): number {
  if (rows >= batchSize) return Math.floor(rows / batchSize);
  throw new DataError("There are fewer training rows than a batch holds, so no step would be taken.", {
    where: "the training rows",
    expected: `at least ${batchSize} rows`,
    found: `${rows} rows`,
    remedy: "Use a smaller --batch-size, or more data.",
  });
}

/** exp of the loss, as the reference bounds it. */
export function perplexity(loss: number): number {
  return Math.exp(Math.min(50, loss));
}

export function scheduleOf<Row>(plan: TrainingPlan<Row>): Schedule {
  const { train, batchSize, epochs, learningRate, warmupFraction } = plan;
  const totalSteps = Math.max(1, stepsPerEpoch(train.length, batchSize) * epochs);
  const warmupSteps = warmupFraction === undefined ? plan.warmupSteps : Math.round(warmupFraction * totalSteps);
  return { learningRate, warmupSteps, totalSteps };
}

/** Whether the last epochs brought nothing, and the plan says to stop then. */
function hasStalled(epochs: readonly EpochRecord[], earlyStopping: number | undefined): boolean {
  const sinceBest = epochs.length - 1 - epochs.findLastIndex(({ isBest }) => isBest);
  return earlyStopping !== undefined && sinceBest >= earlyStopping;
}

/**
 * Trains from a position to the last step.
 * @param learner its state belongs to the position
 * @returns the record of each epoch, those before the position among them
 * @throws InterruptedError after the step during which the user asked to stop; everything is saved
 * @throws DataError when the loss is no longer a number
 */
export async function runTraining<Row>(
  learner: Learner<Row>,
  plan: TrainingPlan<Row>,
  sink: TrainingSink,
  reporter: Reporter,
  from: TrainingPosition = startOfTraining,
): Promise<readonly EpochRecord[]> {
  const schedule = scheduleOf(plan);
  const perEpoch = stepsPerEpoch(plan.train.length, plan.batchSize);
  const { saveEvery = 50, earlyStopping } = plan;
  const progress = reporter.progress("train", schedule.totalSteps);
  if (from.step > 0) progress.advance(from.step);
  const records = [...from.epochs];
  let sum = from.lossSum;
  while (records.length < plan.epochs && !hasStalled(records, earlyStopping)) {
    const epoch = records.length + 1;
    const firstStep = records.length * perEpoch;
    const order = Random.named(plan.seed, `shuffle/epoch-${epoch}`).shuffled(plan.train);
    for (let b = learner.stepsDone - firstStep; b < perEpoch; b++) {
      const k = learner.stepsDone;
      const learningRate = learningRateAt(schedule, k);
      const started = performance.now();
      const loss = await learner.step(order.slice(b * plan.batchSize, (b + 1) * plan.batchSize), learningRate);
      if (!Number.isFinite(loss)) throw divergence(k + 1, loss);
      sum += loss;
      await sink.step({ step: k + 1, epoch, loss, learningRate, seconds: (performance.now() - started) / 1000 });
      progress.advance(1, `epoch ${epoch}/${plan.epochs}, loss ${loss.toFixed(4)}`);
      const { aborted } = reporter.signal;
      if (aborted || (k + 1) % saveEvery === 0) await sink.save?.({ step: k + 1, lossSum: sum, epochs: records });
      if (aborted) throw interruption(k + 1, epoch, sink.save !== undefined);
    }
    const { loss: validationLoss } = await learner.evaluate(plan.selection, plan.validationBatchSize);
    if (!Number.isFinite(validationLoss)) throw divergence(learner.stepsDone, validationLoss, "validation loss");
    const record: EpochRecord = {
      epoch,
      step: learner.stepsDone,
      trainLoss: sum / perEpoch,
      validationLoss,
      perplexity: perplexity(validationLoss),
      isBest: records.every((other) => validationLoss < other.validationLoss),
    };
    await sink.epoch(record);
    records.push(record);
    sum = 0;
    await sink.save?.({ step: learner.stepsDone, lossSum: sum, epochs: records });
  }
  progress.done();
  return records;
}

function divergence(step: number, loss: number, which = "loss"): DataError {
  return new DataError(`The ${which} is not a number; training stopped.`, {
    where: `step ${step}`,
    expected: `a finite ${which}`,
    found: `${loss}`,
    remedy: "Checkpoints of finished epochs are kept. Try a lower --learning-rate or a longer --warmup-steps.",
  });
}

function interruption(step: number, epoch: number, isSaved: boolean): InterruptedError {
  return new InterruptedError(`Training was interrupted${isSaved ? "; what is finished is saved" : ""}.`, {
    where: `after step ${step}, in epoch ${epoch}`,
    ...(isSaved && { remedy: "Run the same command with --resume: it continues with the next step." }),
  });
}
