/** Learning to caption: rows of visual vectors and sentences as a trainer's task. */
import { Graph } from "../graph/index.ts";
import { type CaptionBatch, type CaptionerConfig, captionLoss } from "../models/captioner/index.ts";
import { parameterShapes } from "../models/parameter-shapes.ts";
import { Params } from "../nn/index.ts";
import type { Runtime } from "../runtime/index.ts";
import { type BatchShape, batchFeeds, countTargets, type Example, shapeOf, type TargetRule } from "./batches.ts";
import { type Task, Trainer, type TrainerOptions } from "./trainer.ts";
import type { Evaluation, Learner } from "./training.ts";

/** Examples as one batch. */
interface CaptionRows {
  readonly examples: readonly Example[];
  /** B: rows of the graph; those beyond the examples are empty captions. */
  readonly rows: number;
  /** What the loss is: the mean over the batch's targets, or their sum. */
  readonly reduction: "mean" | "sum";
}

export interface CaptionLearnerOptions extends TargetRule, Omit<TrainerOptions<CaptionRows>, "task"> {
  readonly model: CaptionerConfig;
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

function lossOf(model: CaptionerConfig, shape: BatchShape) {
  const graph = new Graph(`caption-loss ${shape.rows}×${shape.captionLength}`);
  return captionLoss(new Params(graph), model, declareBatch(graph, model, shape));
}

function captionTask(model: CaptionerConfig, rule: TargetRule): Task<CaptionRows> {
  const shape = ({ examples, rows }: CaptionRows) => shapeOf(examples, rows, rule);
  return {
    parameters: parameterShapes(lossOf(model, { rows: 1, captionLength: 8, targets: 1 })),
    key: (batch) => JSON.stringify(shape(batch)),
    loss: (batch) => lossOf(model, shape(batch)),
    feeds: (batch) => batchFeeds(batch.examples, shape(batch), rule, batch.reduction),
  };
}

export class CaptionLearner implements Learner<Example>, AsyncDisposable {
  readonly trainer: Trainer<CaptionRows>;
  readonly #rule: TargetRule;

  private constructor(trainer: Trainer<CaptionRows>, rule: TargetRule) {
    this.trainer = trainer;
    this.#rule = rule;
  }

  /** @throws ModelError when a weight of the model is missing or nothing is trained */
  static async open(runtime: Runtime, { model, id0InLoss, ...options }: CaptionLearnerOptions) {
    const rule = { id0InLoss };
    return new CaptionLearner(await Trainer.open(runtime, { ...options, task: captionTask(model, rule) }), rule);
  }

  get stepsDone(): number {
    return this.trainer.stepsDone;
  }

  /** One update with the mean loss over the batch's targets; gives the loss before it. */
  step(examples: readonly Example[], learningRate: number): Promise<number> {
    return this.trainer.step({ examples, rows: examples.length, reduction: "mean" }, learningRate);
  }

  /** Loss over many rows, in batches of `rows`; nothing is dropped. */
  async evaluate(examples: readonly Example[], rows: number): Promise<Evaluation> {
    let sum = 0;
    let targets = 0;
    for (let start = 0; start < examples.length; start += rows) {
      const batch = examples.slice(start, start + rows);
      sum += await this.trainer.loss({ examples: batch, rows, reduction: "sum" });
      targets += countTargets(batch, this.#rule);
    }
    return { loss: sum / targets, targets };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.trainer[Symbol.asyncDispose]();
  }
}
