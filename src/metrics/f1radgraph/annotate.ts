/** Reports to annotations: RadGraph on the engine, several reports at a time (METRICS §9.4 to §9.8). */
import { float32, type HostArray, int64 } from "../../base/arrays.ts";
import { type Reporter, silentReporter } from "../../base/reporter.ts";
import { bertGraph } from "../../models/bert/index.ts";
import { type DygieConfig, relationGraph, spanGraph } from "../../models/dygie/index.ts";
import type { Runtime, Session } from "../../runtime/index.ts";
import { type EncoderTokenizer, withEnds } from "../../text/index.ts";
import type { Weights } from "../../weights/index.ts";
import { SequenceEncoder } from "../encoder/sequence-encoder.ts";
import { type Annotation, annotationOf, type LabelledPair, type Span } from "./annotation.ts";
import { allSpans, chosenLabel, keptSpans, largest } from "./spans.ts";
import { radgraphWords } from "./words.ts";

/** What is read of an archive and of its encoder's tokenizer. */
export interface RadgraphParts {
  readonly config: DygieConfig;
  readonly encoderWeights: Weights;
  readonly weights: Weights;
  readonly tokenizer: EncoderTokenizer;
}

export interface RadgraphOptions {
  readonly runtime: Runtime;
  /** Reads the model. Called by every measurement, so that its memory is not held between them. */
  readonly load: () => Promise<RadgraphParts>;
}

/** Words encoded together: their vectors are what is held at a time, however many reports there are. */
const wordsPerGroup = 8192;

/** Words scored together, and pairs of spans; a single report with more takes what it needs. */
const wordsPerRun = 512;
const pairsPerRun = 4096;

interface Report {
  readonly words: readonly string[];
  /** [words, E]. */
  readonly vectors: Float32Array;
}

/**
 * Reads reports one after the other and hands on what it sees in them. In a text without a word, which the original
 * cannot read, there is nothing to see.
 * @param receive is handed the annotations of the texts from `start` on, in order
 */
export async function annotateReports(
  texts: readonly string[],
  { runtime, load }: RadgraphOptions,
  receive: (start: number, annotations: readonly Annotation[]) => void | Promise<void>,
  reporter: Reporter = silentReporter,
): Promise<void> {
  const model = await load();
  await using annotator = new Annotator(runtime, model);
  const progress = reporter.progress("F1RadGraph", texts.length);
  let group: number[] = [];
  let size = 0;
  const flush = async () => {
    const words = group.map((i) => radgraphWords(texts[i]!, model.config.type));
    const annotations = await annotator.annotate(words, reporter);
    if (group.length > 0) await receive(group[0]!, annotations);
    progress.advance(group.length);
    [group, size] = [[], 0];
  };
  for (const [i, text] of texts.entries()) {
    group.push(i);
    size += radgraphWords(text, model.config.type).length;
    if (size >= wordsPerGroup) await flush();
  }
  await flush();
  progress.done();
}

class Annotator implements AsyncDisposable {
  readonly #runtime: Runtime;
  readonly #model: RadgraphParts;
  readonly #encoder: SequenceEncoder;
  readonly #sessions = new Map<string, Session>();

  constructor(runtime: Runtime, model: RadgraphParts) {
    const { encoder: config } = model.config;
    this.#runtime = runtime;
    this.#model = model;
    const encoder = { config, weights: model.encoderWeights };
    this.#encoder = new SequenceEncoder(runtime, encoder, (shape) => bertGraph(config, shape));
  }

  /** An annotation for each list of words; one without words is empty. */
  async annotate(reports: readonly (readonly string[])[], reporter: Reporter): Promise<Annotation[]> {
    const vectors = await this.#wordVectors(reports, reporter);
    const annotations: Annotation[] = [];
    let batch: Report[] = [];
    let size = 0;
    for (const [i, words] of reports.entries()) {
      if (size + words.length > wordsPerRun && batch.length > 0) {
        annotations.push(...(await this.#decode(batch)));
        [batch, size] = [[], 0];
      }
      batch.push({ words, vectors: vectors[i]! });
      size += words.length;
    }
    if (batch.length > 0) annotations.push(...(await this.#decode(batch)));
    return annotations;
  }

  /** Means of the vectors of each word's pieces, [words, E] for each report; a word without pieces is 0. */
  async #wordVectors(reports: readonly (readonly string[])[], reporter: Reporter): Promise<Float32Array[]> {
    const { config, tokenizer } = this.#model;
    const { width: E } = config.encoder;
    const pieces = reports.map((words) => words.map((word) => tokenizer.pieces(encoderWord(word))));
    const vectors = reports.map(({ length }) => new Float32Array(length * E));
    const chunks = pieces.flatMap((byWord, report) => chunksOf(byWord, report, config.maxLength - 2));
    const sequences = chunks.map(({ ids }) => withEnds(tokenizer, ids, config.maxLength));
    await this.#encoder.encode(
      sequences,
      (i, states) => {
        const { report, owners } = chunks[i]!;
        for (const [k, word] of owners.entries()) {
          for (let e = 0; e < E; e++) vectors[report]![word * E + e]! += states[(k + 1) * E + e]!; // behind the start
        }
      },
      reporter,
    );
    for (const [report, byWord] of pieces.entries()) {
      for (const [word, { length }] of byWord.entries()) {
        for (let e = 0; e < E; e++) vectors[report]![word * E + e]! /= Math.max(1, length);
      }
    }
    return vectors;
  }

  /** Entities of all reports at once, then relations between the spans that each keeps. */
  async #decode(reports: readonly Report[]): Promise<Annotation[]> {
    const { config } = this.#model;
    const { width: E } = config.encoder;
    const total = reports.reduce((sum, { words }) => sum + words.length, 0);
    const W = paddedSize(total, wordsPerRun);
    const words = new Float32Array(W * E);
    const offsets = offsetsOf(reports.map((report) => report.words.length));
    for (const [i, { vectors }] of reports.entries()) words.set(vectors, offsets[i]! * E);
    const wordsArray = float32([W, E], words);

    const spans = reports.map((report) => allSpans(report.words.length, config.maxSpanWidth));
    const placed = spans.flatMap((own, i) => own.map((span) => shifted(span, offsets[i]!)));
    const { entities, mentions } = await this.#scoreSpans(wordsArray, placed);
    const spanOffsets = offsetsOf(spans.map(({ length }) => length));
    const labels = config.entityLabels.length;
    const found = spans.map((own, i) =>
      own.flatMap((span, k) => {
        const at = (spanOffsets[i]! + k) * labels;
        const label = chosenLabel(entities.subarray(at, at + labels), config.entityLabels);
        return label === undefined ? [] : [{ span, label }];
      }),
    );

    const pairs = spans.flatMap((own, i) => {
      const scores = mentions.subarray(spanOffsets[i]!, spanOffsets[i]! + own.length);
      const kept = own.length === 0 ? [] : largest(scores, keptSpans(reports[i]!.words.length, config.spansPerWord));
      return kept.flatMap((head) =>
        kept.map((tail): ScoredPair => {
          const mention = Math.fround(scores[head]! + scores[tail]!);
          return { report: i, head: own[head]!, tail: own[tail]!, offset: offsets[i]!, mention };
        }),
      );
    });
    const relations: LabelledPair[][] = reports.map(() => []);
    for (let start = 0; start < pairs.length; start += pairsPerRun) {
      const part = pairs.slice(start, start + pairsPerRun);
      const scores = await this.#scorePairs(wordsArray, part);
      const count = config.relationLabels.length;
      for (const [k, { report, head, tail }] of part.entries()) {
        const label = chosenLabel(scores.subarray(k * count, (k + 1) * count), config.relationLabels);
        if (label !== undefined) relations[report]!.push({ head, tail, label });
      }
    }
    return reports.map((report, i) => annotationOf(report.words, found[i]!, relations[i]!));
  }

  async #scoreSpans(words: HostArray, spans: readonly Span[]) {
    const { config } = this.#model;
    const W = words.shape[0]!;
    const N = W * config.maxSpanWidth;
    const session = await this.#session(`spans ${W}`, () => spanGraph(config, [W, N]));
    const outputs = await session.run(new Map<string, HostArray>([["words", words], ...spanFeeds("", spans, N)]));
    return {
      entities: outputs.get("entities")!.data as Float32Array,
      mentions: outputs.get("mentions")!.data as Float32Array,
    };
  }

  async #scorePairs(words: HostArray, pairs: readonly ScoredPair[]): Promise<Float32Array> {
    const { config } = this.#model;
    const [W, P] = [words.shape[0]!, paddedSize(pairs.length, pairsPerRun)];
    const session = await this.#session(`pairs ${W} ${P}`, () => relationGraph(config, [W, P]));
    const mentions = new Float32Array(P);
    mentions.set(pairs.map(({ mention }) => mention));
    const outputs = await session.run(
      new Map<string, HostArray>([
        ["words", words],
        ["mentions", float32([P], mentions)],
        ...spanFeeds(
          "head",
          pairs.map(({ head, offset }) => shifted(head, offset)),
          P,
        ),
        ...spanFeeds(
          "tail",
          pairs.map(({ tail, offset }) => shifted(tail, offset)),
          P,
        ),
      ]),
    );
    return outputs.get("relations")!.data as Float32Array;
  }

  async #session(key: string, build: () => ReturnType<typeof spanGraph>): Promise<Session> {
    const known = this.#sessions.get(key);
    if (known !== undefined) return known;
    const session = await this.#runtime.compile(build(), { weights: this.#model.weights });
    this.#sessions.set(key, session);
    return session;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#encoder[Symbol.asyncDispose]();
    await Promise.all([...this.#sessions.values()].map((session) => session.release()));
    this.#sessions.clear();
  }
}

interface ScoredPair {
  readonly report: number;
  readonly head: Span;
  readonly tail: Span;
  /** Row of the report's first word. */
  readonly offset: number;
  /** Sum of both spans' mention scores. */
  readonly mention: number;
}

/** The training data's way to write sentence ends; the encoder sees them as they are meant. */
function encoderWord(word: string): string {
  return word === "/." || word === "/?" ? word.slice(1) : word;
}

/** Pieces that are encoded together, with the word that each belongs to. A border may go through a word. */
function chunksOf(byWord: readonly (readonly number[])[], report: number, size: number) {
  const ids = byWord.flat();
  const owners = byWord.flatMap((pieces, word) => pieces.map(() => word));
  const count = Math.ceil(ids.length / size);
  return Array.from({ length: count }, (_, i) => {
    const part = <T>(values: readonly T[]) => values.slice(i * size, (i + 1) * size);
    return { report, ids: part(ids), owners: part(owners) };
  });
}

function offsetsOf(sizes: readonly number[]): number[] {
  let offset = 0;
  return sizes.map((size) => {
    const start = offset;
    offset += size;
    return start;
  });
}

function shifted([start, end]: Span, by: number): Span {
  return [start + by, end + by];
}

/** A power of two up to `full`, then multiples of it: few sizes, as each is a session. */
function paddedSize(count: number, full: number): number {
  if (count > full) return Math.ceil(count / full) * full;
  return Math.max(64, 2 ** Math.ceil(Math.log2(Math.max(1, count))));
}

/** Rows of the first and last words, and widths less one, filled up with the span of the first word. */
function spanFeeds(side: "" | "head" | "tail", spans: readonly Span[], count: number): [string, HostArray][] {
  const vector = (name: string, value: (span: Span) => number): [string, HostArray] => {
    const values = new BigInt64Array(count);
    for (const [i, span] of spans.entries()) values[i] = BigInt(value(span));
    const full = side === "" ? name : `${side}${name[0]!.toUpperCase()}${name.slice(1)}`;
    return [full, int64([count], values)];
  };
  return [
    vector("starts", ([start]) => start),
    vector("ends", ([, end]) => end),
    vector("widths", ([start, end]) => end - start),
  ];
}
