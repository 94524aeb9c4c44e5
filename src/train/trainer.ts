/**
 * One training step, from top to bottom: forward, loss, gradients, AdamW.
 *
 * What is trained is one predicate over names. Trained weights live in one buffer that the optimiser updates in place;
 * frozen ones are never written.
 */
import { ModelError } from "../base/errors.ts";
import { Graph, gradients, reachableInputs, type Tensor } from "../graph/index.ts";
import { type CaptionBatch, type CaptionerConfig, captionLoss } from "../models/captioner/index.ts";
import { type AdamWConfig, adamwFeeds, adamwScalars, adamwUpdate, Params } from "../nn/index.ts";
import type { Runtime, Session } from "../runtime/index.ts";
import type { Weights } from "../weights/index.ts";
import { Arena } from "./arena.ts";
import { type BatchShape, batchFeeds, countTargets, type Example, shapeOf, type TargetRule } from "./batches.ts";
import { SessionCache } from "./session-cache.ts";

/** Numbers that the optimiser's one small graph updates at a time: they fit in the cores' caches. */
const chunk = 1 << 16;

export interface TrainerOptions extends TargetRule {
  readonly model: CaptionerConfig;
  readonly optimizer: AdamWConfig;
  /** Every weight of the model; copies of the trained ones are made. */
  readonly weights: Weights;
  readonly isTrainable: (name: string) => boolean;
}

/** Names of the model's weights, as the loss uses them. */
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

function lossGraph(model: CaptionerConfig, shape: BatchShape): Tensor {
  const graph = new Graph(`caption-loss ${shape.rows}×${shape.captionLength}`);
  return captionLoss(new Params(graph), model, declareBatch(graph, model, shape));
}

function gradientName(name: string): string {
  return `gradient/${name}`;
}

export class Trainer implements AsyncDisposable {
  /** Every weight of the model; the trained ones change with each step. */
  readonly weights: Weights;
  /** The part of `weights` that is trained. */
  readonly trained: Weights;
  /** Updates made so far. */
  get stepsDone(): number {
    return this.#steps;
  }

  readonly #options: TrainerOptions;
  readonly #parameters: Arena;
  readonly #gradients: Arena;
  readonly #m: Arena;
  readonly #v: Arena;
  readonly #sessions: SessionCache;
  readonly #optimizer: Session;
  #steps = 0;

  private constructor(
    options: TrainerOptions,
    arenas: readonly [Arena, Arena, Arena, Arena],
    sessions: SessionCache,
    optimizer: Session,
  ) {
    this.#options = options;
    [this.#parameters, this.#gradients, this.#m, this.#v] = arenas;
    this.trained = this.#parameters.arrays;
    this.weights = new Map([...options.weights, ...this.trained]);
    this.#sessions = sessions;
    this.#optimizer = optimizer;
  }

  /** @throws ModelError when a weight of the model is missing or nothing is trained */
  static async open(runtime: Runtime, options: TrainerOptions): Promise<Trainer> {
    const used = reachableInputs([lossGraph(options.model, { rows: 1, captionLength: 8, targets: 1 })]);
    const parameters = used.filter(({ origin }) => origin === "parameter");
    const missing = parameters.find(({ name }) => !options.weights.has(name));
    if (missing !== undefined) throw new ModelError("A weight of the model is missing.", { where: missing.name });
    const trained = parameters.filter(({ name }) => options.isTrainable(name));
    if (trained.length === 0) {
      throw new ModelError("Nothing is trained.", {
        where: "the choice of trained weights",
        expected: "at least one name",
      });
    }
    const shapes = new Map(trained.map(({ name, shape }) => [name, shape]));
    const arena = () => new Arena(shapes, chunk);
    const arenas = [arena(), arena(), arena(), arena()] as const;
    arenas[0].fill(options.weights);
    const sessions = new SessionCache(runtime, new Map([...options.weights, ...arenas[0].arrays]));
    const optimizer = await runtime.compile(adamwUpdate(new Graph("adamw"), options.optimizer, chunk));
    return new Trainer(options, arenas, sessions, optimizer);
  }

  /**
   * One update with the mean loss over the batch's targets.
   * @returns the loss before the update
   */
  async step(examples: readonly Example[], learningRate: number): Promise<number> {
    const loss = await this.backward(examples);
    this.#steps++;
    const scalars = adamwFeeds(adamwScalars(this.#options.optimizer, learningRate, this.#steps));
    for (let start = 0; start < this.#parameters.data.length; start += chunk) {
      const part = ({ data }: Arena) =>
        ({ dtype: "float32", shape: [chunk], data: data.subarray(start, start + chunk) }) as const;
      const [parameter, m, v] = [part(this.#parameters), part(this.#m), part(this.#v)];
      const feeds = new Map([
        ...scalars,
        ["parameter", parameter],
        ["gradient", part(this.#gradients)],
        ["m", m],
        ["v", v],
      ] as const);
      // Element by element, each number is read before its place is written: updating in place is safe.
      await this.#optimizer.run(
        feeds,
        new Map([
          ["newParameter", parameter],
          ["newM", m],
          ["newV", v],
        ]),
      );
    }
    return loss;
  }

  /** Loss and gradients of a batch, without an update. The gradients are `this.gradients`. */
  async backward(examples: readonly Example[]): Promise<number> {
    const { model } = this.#options;
    const shape = shapeOf(examples, examples.length, this.#options);
    const session = await this.#sessions.get(`step ${JSON.stringify(shape)}`, () => {
      const loss = lossGraph(model, shape);
      const trained = [...this.trained.keys()].map((name) => loss.graph.inputs.get(name)!);
      const named = gradients(loss, trained).map((gradient, i) => [gradientName(trained[i]!.name), gradient] as const);
      return { loss, ...Object.fromEntries(named) };
    });
    const into = new Map([...this.#gradients.arrays].map(([name, array]) => [gradientName(name), array]));
    const outputs = await session.run(batchFeeds(examples, shape, this.#options, "mean"), into);
    return outputs.get("loss")!.data[0] as number;
  }

  /** Gradients of the last batch, by name. */
  get gradients(): Weights {
    return this.#gradients.arrays;
  }

  /**
   * Loss over many rows, in batches of `rows`; nothing is dropped.
   * @returns mean negative log-likelihood over all targets, and their number
   */
  async evaluate(
    examples: readonly Example[],
    rows: number,
  ): Promise<{ readonly loss: number; readonly targets: number }> {
    let sum = 0;
    let targets = 0;
    for (let start = 0; start < examples.length; start += rows) {
      const batch = examples.slice(start, start + rows);
      const shape = shapeOf(batch, rows, this.#options);
      const session = await this.#sessions.get(`loss ${JSON.stringify(shape)}`, () => ({
        loss: lossGraph(this.#options.model, shape),
      }));
      const outputs = await session.run(batchFeeds(batch, shape, this.#options, "sum"));
      sum += outputs.get("loss")!.data[0] as number;
      targets += countTargets(batch, this.#options);
    }
    return { loss: sum / targets, targets };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sessions[Symbol.asyncDispose]();
    await this.#optimizer.release();
  }
}
