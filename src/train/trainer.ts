/**
 * One training step, from top to bottom: forward, loss, gradients, AdamW.
 *
 * What a batch is and how it becomes a loss is the task's business. What is trained is one predicate over names:
 * trained weights live in one buffer that the optimiser updates in place; frozen ones are never written.
 */
import type { Shape } from "../base/arrays.ts";
import { ModelError } from "../base/errors.ts";
import { Graph, gradients, type Tensor } from "../graph/index.ts";
import { type AdamWConfig, adamwFeeds, adamwScalars, adamwUpdate } from "../nn/index.ts";
import type { Feeds, Runtime, Session } from "../runtime/index.ts";
import type { Weights } from "../weights/index.ts";
import { Arena, chunk } from "./arena.ts";
import { GradientParts } from "./gradient-parts.ts";
import { SessionCache } from "./session-cache.ts";

/** How a batch becomes a loss. */
export interface Task<Batch> {
  /** Every parameter of the loss. */
  readonly parameters: ReadonlyMap<string, Shape>;
  /** Names the shape of a batch: batches with the same key share a compiled graph. */
  key(batch: Batch): string;
  /** The scalar loss of batches of this shape, in a graph of its own. Dropout is for training only. */
  loss(batch: Batch, purpose: "training" | "evaluation"): Tensor;
  /** The inputs of that graph. */
  feeds(batch: Batch, run: TaskRun): Feeds;
  /** Smaller batches whose losses add up to the batch's; absent, a batch is computed in one piece. */
  parts?(batch: Batch): readonly Batch[];
}

/** For what feeds are made. */
export interface TaskRun {
  /** Updates made so far. */
  readonly step: number;
  /** What the compiled graph must be fed. */
  readonly inputs: Session["inputs"];
}

export interface TrainerOptions<Batch> {
  readonly task: Task<Batch>;
  readonly optimizer: AdamWConfig;
  /** Every weight of the model; copies of the trained ones are made. */
  readonly weights: Weights;
  readonly isTrainable: (name: string) => boolean;
}

/** What is saved of a trainer, and put back: with the loop's position, enough to go on bit for bit. */
export interface TrainerState {
  /** Updates made so far. */
  readonly stepsDone: number;
  /** Trained weights and the optimiser's moments under `parameter/…`, `m/…`, `v/…`: the live arrays. */
  readonly state: Weights;
  /** Says how many updates the arrays of `state` have seen, after they were overwritten. */
  restore(stepsDone: number): void;
}

function gradientName(name: string): string {
  return `gradient/${name}`;
}

export class Trainer<Batch> implements TrainerState, AsyncDisposable {
  /** Every weight of the model; the trained ones change with each step. */
  readonly weights: Weights;
  /** The part of `weights` that is trained. */
  readonly trained: Weights;

  readonly #task: Task<Batch>;
  readonly #config: AdamWConfig;
  readonly #parameters: Arena;
  readonly #gradients: Arena;
  readonly #m: Arena;
  readonly #v: Arena;
  readonly #sessions: SessionCache;
  readonly #optimizer: Session;
  readonly #openParts: () => Promise<GradientParts>;
  /** Made when a batch has parts. */
  #parts: GradientParts | undefined;
  #steps = 0;

  private constructor(
    { task, optimizer: config, weights }: TrainerOptions<Batch>,
    arenas: readonly [Arena, Arena, Arena, Arena],
    sessions: SessionCache,
    optimizer: Session,
    openParts: () => Promise<GradientParts>,
  ) {
    this.#openParts = openParts;
    this.#task = task;
    this.#config = config;
    [this.#parameters, this.#gradients, this.#m, this.#v] = arenas;
    this.trained = this.#parameters.arrays;
    this.weights = new Map([...weights, ...this.trained]);
    this.#sessions = sessions;
    this.#optimizer = optimizer;
  }

  /** @throws ModelError when a weight of the model is missing or nothing is trained */
  static async open<Batch>(runtime: Runtime, options: TrainerOptions<Batch>): Promise<Trainer<Batch>> {
    const { task, weights, isTrainable, optimizer: config } = options;
    const missing = [...task.parameters.keys()].find((name) => !weights.has(name));
    if (missing !== undefined) throw new ModelError("A weight of the model is missing.", { where: missing });
    const shapes = new Map([...task.parameters].filter(([name]) => isTrainable(name)));
    if (shapes.size === 0) {
      throw new ModelError("Nothing is trained.", {
        where: "the choice of trained weights",
        expected: "at least one name",
      });
    }
    const arena = () => new Arena(shapes);
    const arenas = [arena(), arena(), arena(), arena()] as const;
    arenas[0].fill(weights);
    const sessions = new SessionCache(runtime, {
      weights: arenas[0].arrays,
      constants: new Map([...weights].filter(([name]) => !shapes.has(name))),
    });
    const optimizer = await runtime.compile(adamwUpdate(new Graph("adamw"), config, chunk), { elementwise: true });
    return new Trainer(options, arenas, sessions, optimizer, () => GradientParts.open(runtime, shapes));
  }

  /**
   * One update.
   * @returns the loss before the update
   */
  async step(batch: Batch, learningRate: number): Promise<number> {
    const loss = await this.backward(batch);
    await this.update(learningRate);
    return loss;
  }

  /** The optimiser's half of a step: applies the gradients of the last batch. */
  async update(learningRate: number): Promise<void> {
    this.#steps++;
    const scalars = adamwFeeds(adamwScalars(this.#config, learningRate, this.#steps));
    for (const start of this.#parameters.starts()) {
      const parameter = this.#parameters.chunkAt(start);
      const [m, v] = [this.#m.chunkAt(start), this.#v.chunkAt(start)];
      const feeds = new Map([
        ...scalars,
        ["parameter", parameter],
        ["gradient", this.#gradients.chunkAt(start)],
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
  }

  /** Loss and gradients of a batch, without an update. The gradients are `this.gradients`. */
  async backward(batch: Batch): Promise<number> {
    const [first, ...others] = this.#task.parts?.(batch) ?? [batch];
    let loss = await this.#backwardPart(first!, this.#gradients);
    for (const part of others) {
      this.#parts ??= await this.#openParts();
      loss += await this.#backwardPart(part, this.#parts.later);
      await this.#parts.addTo(this.#gradients);
    }
    return loss;
  }

  /** Leaves the gradients in an arena. */
  async #backwardPart(batch: Batch, { arrays }: Arena): Promise<number> {
    const session = await this.#sessions.get(`step ${this.#task.key(batch)}`, () => {
      const loss = this.#task.loss(batch, "training");
      const trained = [...this.trained.keys()].map((name) => loss.graph.inputs.get(name)!);
      const named = gradients(loss, trained).map((gradient, i) => [gradientName(trained[i]!.name), gradient] as const);
      return { loss, ...Object.fromEntries(named) };
    });
    const into = new Map([...arrays].map(([name, array]) => [gradientName(name), array]));
    const outputs = await session.run(this.#feeds(session, batch), into);
    return outputs.get("loss")!.data[0] as number;
  }

  #feeds({ inputs }: Session, batch: Batch): Feeds {
    return this.#task.feeds(batch, { inputs, step: this.#steps });
  }

  get stepsDone(): number {
    return this.#steps;
  }

  get state(): Weights {
    const parts = { parameter: this.#parameters, m: this.#m, v: this.#v };
    return new Map(
      Object.entries(parts).flatMap(([part, { arrays }]) =>
        [...arrays].map(([name, array]) => [`${part}/${name}`, array] as const),
      ),
    );
  }

  restore(stepsDone: number): void {
    this.#steps = stepsDone;
  }

  /** Gradients of the last batch, by name. */
  get gradients(): Weights {
    return this.#gradients.arrays;
  }

  /** The loss of a batch alone. */
  async loss(batch: Batch): Promise<number> {
    const session = await this.#sessions.get(`loss ${this.#task.key(batch)}`, () => ({
      loss: this.#task.loss(batch, "evaluation"),
    }));
    const outputs = await session.run(this.#feeds(session, batch));
    return outputs.get("loss")!.data[0] as number;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sessions[Symbol.asyncDispose]();
    await this.#optimizer.release();
    await this.#parts?.[Symbol.asyncDispose]();
  }
}
