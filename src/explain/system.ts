/** The system behind a set of sessions: many rows at once, each session opened when it is first needed. */
import { ModelError } from "../base/errors.ts";
import type { Feeds, Runtime, Session } from "../runtime/index.ts";
import { encoderLegradGraph, latentGraph } from "./legrad-graphs.ts";
import { patchSize } from "./patch-map.ts";
import { type Pixels, type Stream, streamsOf } from "./subject.ts";
import {
  type FedRow,
  gradientOf,
  type Outputs,
  pixelGradientGraph,
  type SystemConfig,
  type SystemShape,
  scoreGraph,
  systemFeeds,
} from "./system-graph.ts";

/** A sentence under some pixels. */
export interface SystemRow {
  readonly pixels: Pixels;
  readonly tokens: readonly number[];
}

/** The same, and what each token counts in the score. */
export interface WeightedRow extends SystemRow {
  readonly weights: readonly number[];
}

/** Numbers by output, for one row. */
type RowOutputs = ReadonlyMap<string, Float32Array>;

const graphs = {
  score: scoreGraph,
  pixelGradient: pixelGradientGraph,
  encoderLegrad: encoderLegradGraph,
  latent: latentGraph,
} satisfies Record<string, (config: SystemConfig, shape: SystemShape) => Outputs>;

/** Texts are padded to a multiple of this, so that few lengths need few sessions. */
const lengthStep = 8;

export interface RowGradient {
  /** [T] of the row's tokens. */
  readonly logProbabilities: Float32Array;
  /** By stream that the mode reads. */
  readonly gradients: ReadonlyMap<Stream, Float32Array>;
}

export class ExplainedSystem implements AsyncDisposable {
  readonly config: SystemConfig;
  readonly streams: readonly Stream[];
  /** S: the side of the encoder's square in pixels. */
  readonly imageSide: number;
  /** Pixels along the side of a patch. */
  readonly patchSize: number;
  /** Most rows of a run. */
  readonly batchSize: number;
  readonly #runtime: Runtime;
  readonly #weights: Feeds;
  readonly #sessions = new Map<string, Promise<Session>>();

  /** @param weights of encoder, mapper and decoder under their official names */
  constructor(runtime: Runtime, config: SystemConfig, weights: Feeds, batchSize = 16) {
    this.config = config;
    this.streams = streamsOf(config.input.mode);
    this.imageSide = config.encoder.imageSize;
    this.patchSize = patchSize(config.encoder);
    this.batchSize = batchSize;
    this.#runtime = runtime;
    this.#weights = weights;
  }

  /** [T] log-probability of each token, for each row. @throws ModelError when a sentence is empty or too long */
  async score(rows: readonly SystemRow[]): Promise<Float32Array[]> {
    const fed = rows.map(({ pixels, tokens }) => this.#sentenceRow({ pixels, tokens, weights: tokens.map(() => 0) }));
    const outputs = await this.#run("score", fed);
    return outputs.map((of, i) => of.get("logProbabilities")!.slice(0, rows[i]!.tokens.length));
  }

  /** The gradient of each row's score by its pixels, [3, S, S] by stream. */
  pixelGradients(rows: readonly WeightedRow[]): Promise<RowGradient[]> {
    return this.#gradientRows("pixelGradient", rows);
  }

  /** LeGrad over the encoder's layers, [N] by stream. @throws ModelError for a residual network */
  encoderLegrad(rows: readonly WeightedRow[]): Promise<RowGradient[]> {
    return this.#gradientRows("encoderLegrad", rows);
  }

  async #gradientRows(kind: "pixelGradient" | "encoderLegrad", rows: readonly WeightedRow[]): Promise<RowGradient[]> {
    const outputs = await this.#run(
      kind,
      rows.map((row) => this.#sentenceRow(row)),
    );
    return outputs.map((of, i) => ({
      logProbabilities: of.get("logProbabilities")!.slice(0, rows[i]!.tokens.length),
      gradients: new Map(this.streams.map((stream) => [stream, of.get(gradientOf(stream))!])),
    }));
  }

  /**
   * Attention of the mapper's prefix positions to its latent tokens, and LeGrad over it, [L] each.
   * @param rows targets and weights over all P + T - 1 predictions
   * @throws ModelError for ClipCap's mapper
   */
  async latent(
    rows: readonly FedRow[],
  ): Promise<{ readonly attention: Float32Array; readonly legrad: Float32Array }[]> {
    const outputs = await this.#run("latent", rows);
    return outputs.map((of) => ({ attention: of.get("attention")!, legrad: of.get("legrad")! }));
  }

  #sentenceRow({ pixels, tokens, weights }: WeightedRow): FedRow {
    return { pixels, tokens: tokens.slice(0, -1), targets: tokens, weights };
  }

  async #run(kind: keyof typeof graphs, rows: readonly FedRow[]): Promise<RowOutputs[]> {
    const results: RowOutputs[] = [];
    const longest = Math.max(1, ...rows.map(({ tokens }) => tokens.length + 1));
    const captionLength = this.#captionLength(longest);
    const most = this.#mostRows(kind);
    for (let start = 0; start < rows.length; start += most) {
      const batch = rows.slice(start, start + most);
      // A short batch runs in a smaller session: four sizes at most, each a power of two.
      const fitting = 2 ** Math.ceil(Math.log2(batch.length));
      const shape = { rows: Math.min(most, fitting), captionLength };
      const session = await this.#session(kind, shape);
      const outputs = await session.run(systemFeeds(batch, session.inputs));
      batch.forEach((_, i) => {
        const own = [...outputs].map(
          ([
            name,
            {
              data,
              shape: [count = 1],
            },
          ]) => {
            const width = data.length / count;
            return [name, (data as Float32Array).subarray(i * width, (i + 1) * width)] as const;
          },
        );
        results.push(new Map(own));
      });
    }
    return results;
  }

  /** Rows of a run: as many as give the decoder `batchSize` sentences, of which LeGrad makes one for each layer and one more. */
  #mostRows(kind: keyof typeof graphs): number {
    const { encoder } = this.config;
    if (kind !== "encoderLegrad" || encoder.kind !== "vit") return this.batchSize;
    return Math.max(1, Math.floor(this.batchSize / (encoder.layers + 1)));
  }

  #captionLength(longest: number): number {
    const { mapper, decoder } = this.config.captioner;
    const most = decoder.positions - mapper.prefixLength;
    if (longest > most) {
      throw new ModelError("The sentence is longer than the decoder can hold.", {
        where: "sentence to explain",
        expected: `at most ${most} tokens after a prefix of ${mapper.prefixLength}`,
        found: `${longest}`,
      });
    }
    return Math.min(most, Math.max(2, Math.ceil(longest / lengthStep) * lengthStep));
  }

  #session(kind: keyof typeof graphs, shape: SystemShape): Promise<Session> {
    const key = `${kind} ${shape.rows} ${shape.captionLength}`;
    const known = this.#sessions.get(key);
    if (known !== undefined) return known;
    const graph = graphs[kind](this.config, shape); // refuses what a model has not got before anything is opened
    const opened = this.#runtime.compile(graph, { constants: this.#weights });
    this.#sessions.set(key, opened);
    return opened;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const session of await Promise.allSettled(this.#sessions.values())) {
      if (session.status === "fulfilled") await session.value.release();
    }
  }
}
