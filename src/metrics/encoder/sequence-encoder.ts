/** An encoder of BERT's family on an engine: token ids in, rows of numbers out. */
import { float32, type HostArray, int64 } from "../../base/arrays.ts";
import { InterruptedError } from "../../base/errors.ts";
import type { Reporter } from "../../base/reporter.ts";
import { type BertConfig, type bertGraph, longestText, paddingBias } from "../../models/bert/index.ts";
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

/** A graph over B texts of S tokens, with the inputs `tokens` and `bias` and one output, a row a text. */
type GraphBuilder = (shape: readonly [number, number]) => ReturnType<typeof bertGraph>;

/** The owner of its sessions. Their number and size do not depend on how much is encoded. */
export class SequenceEncoder implements AsyncDisposable {
  readonly #runtime: Runtime;
  readonly #config: BertConfig;
  readonly #weights: Weights;
  readonly #build: GraphBuilder;
  readonly #attends: boolean;
  readonly #sessions = new Map<string, Session>();

  /** @param attends false for a graph of the embeddings alone, which does not ask for `bias` */
  constructor(
    runtime: Runtime,
    { config, weights }: Omit<EncoderModel, "tokenizer">,
    build: GraphBuilder,
    attends = true,
  ) {
    this.#attends = attends;
    this.#runtime = runtime;
    this.#config = config;
    this.#weights = weights;
    this.#build = build;
  }

  /**
   * @param sequences token ids, start and end among them; none longer than the encoder has positions
   * @param receive is handed the output's row of sequence i, row-major, in the order of the batches. Where the row has
   * a part for each position, those behind the sequence mean nothing. The array is lent until `receive` returns.
   * @throws InterruptedError when the user asked to stop
   */
  async encode(
    sequences: readonly ArrayLike<number>[],
    receive: (i: number, row: Float32Array) => void,
    reporter?: Reporter,
  ): Promise<void> {
    const lengths = sequences.map(({ length }) => length);
    for (const batch of planBatches(lengths, longestText(this.#config))) {
      if (reporter?.signal.aborted) throw new InterruptedError("Scoring was interrupted.", { where: "encoder" });
      const output = await this.#run(batch, sequences);
      const size = output.length / batch.rows;
      for (const [row, i] of batch.members.entries()) receive(i, output.subarray(row * size, (row + 1) * size));
    }
  }

  async #run({ rows, length, members }: Batch, sequences: readonly ArrayLike<number>[]): Promise<Float32Array> {
    const tokens = new BigInt64Array(rows * length);
    const bias = new Float32Array(rows * length).fill(paddingBias);
    for (let row = 0; row < rows; row++) {
      const sequence = sequences[members[row] ?? members[0]!]!; // a row without a sequence repeats the first
      for (let k = 0; k < sequence.length; k++) tokens[row * length + k] = BigInt(sequence[k]!);
      bias.fill(0, row * length, row * length + sequence.length);
    }
    const session = await this.#session(rows, length);
    const feeds = new Map<string, HostArray>([["tokens", int64([rows, length], tokens)]]);
    if (this.#attends) feeds.set("bias", float32([rows, 1, 1, length], bias));
    const [output] = (await session.run(feeds)).values();
    return output!.data as Float32Array;
  }

  async #session(rows: number, length: number): Promise<Session> {
    const key = `${rows}x${length}`;
    const known = this.#sessions.get(key);
    this.#sessions.delete(key);
    const oldest = this.#sessions.keys().next();
    if (known === undefined && this.#sessions.size >= mostSessions && oldest.done !== true) {
      await this.#sessions.get(oldest.value)!.release();
      this.#sessions.delete(oldest.value);
    }
    const session = known ?? (await this.#runtime.compile(this.#build([rows, length]), { weights: this.#weights }));
    this.#sessions.set(key, session);
    return session;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(sessions.map((session) => session.release()));
  }
}
