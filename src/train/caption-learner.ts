/** Learning to caption: rows of visual vectors and sentences as a trainer's task. */
import { Graph, type Tensor } from "../graph/index.ts";
import { type CaptionBatch, type CaptionerConfig, captionLoss } from "../models/captioner/index.ts";
import { declareLayout, type PackedSizes, packedAxes } from "../models/gpt2/index.ts";
import { parameterShapes } from "../models/parameter-shapes.ts";
import { type Coordinates, dropoutFeeds, maskedDropout, Params } from "../nn/index.ts";
import type { Runtime } from "../runtime/index.ts";
import { countTargets, type Example, type PackedBatch, packBatch, type TargetRule } from "./batches.ts";
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

function declareBatch(graph: Graph, { mapper, decoder }: CaptionerConfig, B: number, builtFor: number): CaptionBatch {
  const P = mapper.prefixLength;
  const sizes: PackedSizes = {
    rows: B * (P + builtFor - 1) + 1,
    asked: B * builtFor + 1,
    sequences: B,
    length: P + builtFor,
    askedLength: builtFor + 1,
  };
  const tokens = B * (builtFor - 1) + 1;
  const { rows, asked } = packedAxes;
  return {
    visual: graph.input("visual", "float32", [B, mapper.inputWidth]),
    tokens: graph.input("tokens", "int64", [tokens], ["tokens"]),
    layout: declareLayout(graph, decoder, sizes),
    sources: graph.input("sources", "int64", [sizes.rows], [rows]),
    sourceRows: graph.input("sourceRows", "int64", [B * P + tokens], ["prefixes and tokens"]),
    targets: graph.input("targets", "int64", [sizes.asked], [asked]),
    weights: graph.input("weights", "float32", [sizes.asked], [asked]),
  };
}

/**
 * The loss of so many rows with captions of any length.
 * @param builtFor a length to build the graph for; it is the same graph for any other
 */
export function lossOf(model: CaptionerConfig, rows: number, dropoutRate = 0, builtFor = 15): Tensor {
  const graph = new Graph(`caption-loss of ${rows}`);
  const batch = declareBatch(graph, model, rows, builtFor);
  return captionLoss(new Params(graph), model, batch, maskedDropout(dropoutRate));
}

type TaskOptions = TargetRule & Pick<CaptionLearnerOptions, "model" | "microBatch" | "dropout">;

function captionTask({ model, id0InLoss, microBatch, dropout }: TaskOptions): Task<CaptionRows> {
  const { prefixLength } = model.mapper;
  return {
    parameters: parameterShapes(lossOf(model, 1)),
    key: ({ rows }) => `${rows} rows`,
    loss: ({ rows }, purpose) => lossOf(model, rows, purpose === "training" ? dropout?.rate : 0),
    feeds: ({ examples, rows, targetWeight, firstRow }, { inputs, step }) => {
      const batch = packBatch(
        examples,
        { rows, prefixLength, heads: model.decoder.heads },
        { id0InLoss },
        targetWeight,
      );
      const feeds = [...batch.feeds].filter(([name]) => inputs.has(name));
      if (dropout === undefined) return new Map(feeds);
      const masks = dropoutFeeds(inputs, { ...dropout, step, ...placesOf(batch, model.decoder.heads, firstRow) });
      return new Map([...feeds, ...masks]);
    },
    parts: (batch) => partsOf(batch, microBatch ?? batch.rows),
  };
}

/** Where the elements of the packed axes stand in the whole batch, so that masks do not depend on the packing. */
function placesOf({ packing, examples }: PackedBatch, heads: number, firstRow: number) {
  const { rows, asked, sequences, length, askedLength } = packing.sizes;
  const row = (g: number) => firstRow + examples[g]!;
  const surplus = [-1, 0] as const;
  const sizes = new Map<string, number>([
    [packedAxes.rows, rows],
    [packedAxes.asked, asked],
    [packedAxes.heads, sequences * heads],
    [packedAxes.length, length],
    [packedAxes.askedLength, askedLength],
  ]);
  const coordinates = new Map<string, Coordinates>([
    [packedAxes.rows, [...packing.rows.map(([g, position]) => [row(g), position] as const), surplus]],
    [packedAxes.asked, [...packing.asked.map(([g, place]) => [row(g), place] as const), surplus]],
    [packedAxes.heads, Array.from({ length: sequences * heads }, (_, i) => [row(Math.floor(i / heads)), i % heads])],
  ]);
  return { sizes, coordinates };
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
