/** Learning to caption: rows of visual vectors and sentences as a trainer's task. */
import { Graph } from "../graph/index.ts";
import { type CaptionBatch, type CaptionerConfig, captionLoss } from "../models/captioner/index.ts";
import { parameterShapes } from "../models/parameter-shapes.ts";
import { dropoutFeeds, maskedDropout, Params } from "../nn/index.ts";
import type { Runtime } from "../runtime/index.ts";
import { type BatchShape, batchFeeds, countTargets, type Example, shapeOf, type TargetRule } from "./batches.ts";
import { type Task, Trainer, type TrainerOptions } from "./trainer.ts";
import type { Evaluation, Learner } from "./training.ts";

/** Examples as one batch. */
interface CaptionRows {
  readonly examples: readonly Example[];
  /** B: rows of the graph; those beyond the examples are empty captions. */
  readonly rows: number;
  /** What each target counts in the loss. */
  readonly targetWeight: number;
  /** Place of the first example in the whole batch, when this is a part of one. */
  readonly firstRow: number;
}

export interface CaptionLearnerOptions extends TargetRule, Omit<TrainerOptions<CaptionRows>, "task"> {
  readonly model: CaptionerConfig;
  /** Rows computed at a time: bounds the memory of a step, changes its result by rounding only. Whole batches when absent. */
  readonly microBatch?: number | undefined;
  /** Dropout of the decoder while it is trained; none when absent. */
  readonly dropout?: { readonly rate: number; readonly seed: number } | undefined;
}

function declareBatch(
  graph: Graph,
  model: CaptionerConfig,
  { rows, captionLength, targets }: BatchShape,
): CaptionBatch {
  return {
    visual: graph.input("visual", "float32", [rows, model.mapper.inputWidth]),
    tokens: graph.input("tokens", "int64", [rows, captionLength - 1]),
    places: graph.input("places", "int64", [targets]),
    targets: graph.input("targets", "int64", [targets]),
    weights: graph.input("weights", "float32", [targets]),
  };
}

function lossOf(model: CaptionerConfig, shape: BatchShape, dropoutRate = 0) {
  const graph = new Graph(`caption-loss ${shape.rows}×${shape.captionLength}`);
  return captionLoss(new Params(graph), model, declareBatch(graph, model, shape), maskedDropout(dropoutRate));
}

type TaskOptions = TargetRule & Pick<CaptionLearnerOptions, "model" | "microBatch" | "dropout">;

function captionTask({ model, id0InLoss, microBatch, dropout }: TaskOptions): Task<CaptionRows> {
  const rule = { id0InLoss };
  const shape = ({ examples, rows }: CaptionRows) => shapeOf(examples, rows, rule);
  return {
    parameters: parameterShapes(lossOf(model, { rows: 1, captionLength: 8, targets: 1 })),
    key: (batch) => JSON.stringify(shape(batch)),
    loss: (batch, purpose) => lossOf(model, shape(batch), purpose === "training" ? dropout?.rate : 0),
    feeds: (batch, { inputs, step }) => {
      const feeds = batchFeeds(batch.examples, shape(batch), rule, batch.targetWeight);
      if (dropout === undefined) return feeds;
      return new Map([...feeds, ...dropoutFeeds(inputs, { ...dropout, step, firstRow: batch.firstRow })]);
    },
    parts: (batch) => partsOf(batch, microBatch ?? batch.rows),
  };
}

/** The batch in pieces of `rows` rows. Each keeps its targets' weight, so the losses add up. */
function partsOf(batch: CaptionRows, rows: number): readonly CaptionRows[] {
  if (rows >= batch.rows) return [batch];
  const parts: CaptionRows[] = [];
  for (let firstRow = 0; firstRow < batch.examples.length; firstRow += rows) {
    parts.push({ ...batch, examples: batch.examples.slice(firstRow, firstRow + rows), rows, firstRow });
  }
  return parts;
}

export class CaptionLearner implements Learner<Example>, AsyncDisposable {
  readonly trainer: Trainer<CaptionRows>;
  readonly #rule: TargetRule;

  private constructor(trainer: Trainer<CaptionRows>, rule: TargetRule) {
    this.trainer = trainer;
    this.#rule = rule;
  }

  /** @throws ModelError when a weight of the model is missing or nothing is trained */
  static async open(runtime: Runtime, options: CaptionLearnerOptions) {
    const trainer = await Trainer.open(runtime, { ...options, task: captionTask(options) });
    // Not the options themselves: they hold the first weights, of which the trainer has made its own copies.
    return new CaptionLearner(trainer, { id0InLoss: options.id0InLoss });
  }

  get stepsDone(): number {
    return this.trainer.stepsDone;
  }

  /** One update with the mean loss over the batch's targets; gives the loss before it. */
  step(examples: readonly Example[], learningRate: number): Promise<number> {
    const targetWeight = 1 / countTargets(examples, this.#rule);
    return this.trainer.step({ examples, rows: examples.length, targetWeight, firstRow: 0 }, learningRate);
  }

  /** Loss over many rows, in batches of `rows`; nothing is dropped. */
  async evaluate(examples: readonly Example[], rows: number): Promise<Evaluation> {
    let sum = 0;
    let targets = 0;
    for (let start = 0; start < examples.length; start += rows) {
      const batch = examples.slice(start, start + rows);
      sum += await this.trainer.loss({ examples: batch, rows, targetWeight: 1, firstRow: 0 });
      targets += countTargets(batch, this.#rule);
    }
    return { loss: sum / targets, targets };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.trainer[Symbol.asyncDispose]();
  }
}
