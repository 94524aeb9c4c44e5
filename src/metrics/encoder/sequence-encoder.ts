/** An encoder of BERT's family on an engine: token ids in, rows of numbers out. */
import { float32, type HostArray, int64 } from "../../base/arrays.ts";
import { InterruptedError } from "../../base/errors.ts";
import type { Reporter } from "../../base/reporter.ts";
import { type BertConfig, type bertGraph, forbidden, type PackedShape } from "../../models/bert/index.ts";
import type { Runtime, Session } from "../../runtime/index.ts";
import type { EncoderTokenizer } from "../../text/index.ts";
import type { Weights } from "../../weights/index.ts";
import { type Batch, planBatches } from "./batches.ts";

/** What is read of an encoder's folder. */
export interface EncoderModel {
  readonly config: BertConfig;
  /** Under the names of `bertShapes`; more are left alone. */
  readonly weights: Weights;
  readonly tokenizer: EncoderTokenizer;
}

/** Open sessions keep memory of their own, so only so many stay open; sorted batches seldom go back to an older shape. */
const mostSessions = 8;

/**
 * A graph with the inputs of `encoderInput`, and `starts` where the texts' beginnings are all that is read. It has one
 * output: a row of numbers for each position, or for each start.
 */
type GraphBuilder = (shape: PackedShape) => ReturnType<typeof bertGraph>;

/** The owner of its sessions. Their number and size do not depend on how much is encoded. */
export class SequenceEncoder implements AsyncDisposable {
  readonly #runtime: Runtime;
  readonly #weights: Weights;
  readonly #build: GraphBuilder;
  readonly #sessions = new Map<string, Session>();

  constructor(runtime: Runtime, { weights }: Omit<EncoderModel, "tokenizer">, build: GraphBuilder) {
    this.#runtime = runtime;
    this.#weights = weights;
    this.#build = build;
  }

  /**
   * @param sequences token ids, start and end among them; none longer than the encoder has positions
   * @param receive is handed the numbers of sequence i, row-major: those of its positions one after the other, or of its
   * start. In the order of the batches; the array is lent until `receive` returns.
   * @throws InterruptedError when the user asked to stop
   */
  async encode(
    sequences: readonly ArrayLike<number>[],
    receive: (i: number, row: Float32Array) => void,
    reporter?: Reporter,
  ): Promise<void> {
    for (const batch of planBatches(sequences.map(({ length }) => length))) {
      if (reporter?.signal.aborted) throw new InterruptedError("Scoring was interrupted.", { where: "encoder" });
      await this.#run(batch, sequences, receive);
    }
  }

  async #run(
    batch: Batch,
    sequences: readonly ArrayLike<number>[],
    receive: (i: number, row: Float32Array) => void,
  ): Promise<void> {
    const { rows, length, texts, members } = batch;
    const session = await this.#session(batch);
    const all = feedsOf(batch, sequences);
    const [output] = (
      await session.run(new Map([...session.inputs.keys()].map((name) => [name, all[name]!])))
    ).values();
    const data = output!.data as Float32Array;
    const byStart = session.inputs.has("starts");
    const size = data.length / (rows * (byStart ? texts : length));
    for (const { index, row, place, start } of members) {
      const at = byStart ? row * texts + place : row * length + start;
      receive(index, data.subarray(at * size, (at + (byStart ? 1 : sequences[index]!.length)) * size));
    }
  }

  async #session({ rows, length, texts }: PackedShape): Promise<Session> {
    const key = `${rows}x${length}`;
    const known = this.#sessions.get(key);
    this.#sessions.delete(key);
    const oldest = this.#sessions.keys().next();
    if (known === undefined && this.#sessions.size >= mostSessions && oldest.done !== true) {
      await this.#sessions.get(oldest.value)!.release();
      this.#sessions.delete(oldest.value);
    }
    const session =
      known ?? (await this.#runtime.compile(this.#build({ rows, length, texts }), { weights: this.#weights }));
    this.#sessions.set(key, session);
    return session;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(sessions.map((session) => session.release()));
  }
}

/** Everything that a graph may ask for. Nobody looks at positions without a sequence. */
function feedsOf({ rows, length, texts, members }: Batch, sequences: readonly ArrayLike<number>[]) {
  const tokens = new BigInt64Array(rows * length);
  const places = new BigInt64Array(rows * length);
  const bias = new Float32Array(rows * length * length).fill(forbidden);
  const starts = new BigInt64Array(rows * texts);
  for (const { index, row, place, start } of members) {
    const sequence = sequences[index]!;
    const first = row * length + start;
    starts[row * texts + place] = BigInt(first);
    for (let i = 0; i < sequence.length; i++) {
      tokens[first + i] = BigInt(sequence[i]!);
      places[first + i] = BigInt(i);
      bias.fill(0, (first + i) * length + start, (first + i) * length + start + sequence.length);
    }
  }
  const feeds: Record<string, HostArray> = {
    tokens: int64([rows, length], tokens),
    places: int64([rows, length], places),
    bias: float32([rows, 1, length, length], bias),
    starts: int64([rows, texts], starts),
  };
  return feeds;
}
