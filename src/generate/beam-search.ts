/**
 * The reference's beam search (REFERENCE §4) for one sample, without any model: it is handed the best continuations of
 * each beam and answers with the beams to extend. All scores are float32, as in the reference.
 */

/** Finished beams may only repeat this id, at log-probability 0. */
const paddingId = 0;

export interface Beam {
  /** Generated ids up to and including the stop token. */
  readonly tokens: readonly number[];
  /** Sum of log-probabilities divided by the number of tokens. */
  readonly score: number;
}

/** The k most probable next tokens of one beam, most probable first. */
export interface Candidates {
  readonly ids: readonly number[];
  readonly logProbabilities: readonly number[];
}

interface LiveBeam {
  readonly tokens: readonly number[];
  /** Sum of log-probabilities: average · length, rounded as the reference rounds it. */
  readonly sum: number;
  readonly length: number;
  readonly isFinished: boolean;
}

/** What the model must compute next: beam i continues beam `parents[i]` with `tokens[i]`. */
export interface Extension {
  readonly parents: readonly number[];
  readonly tokens: readonly number[];
}

const { fround } = Math;

export class BeamSearch {
  readonly #width: number;
  readonly #stopId: number;
  #beams: readonly LiveBeam[] = [];

  /** @param width K, the number of beams */
  constructor(width: number, stopId: number) {
    this.#width = width;
    this.#stopId = stopId;
  }

  /** Whether every beam has ended. */
  get isFinished(): boolean {
    return this.#beams.length > 0 && this.#beams.every((beam) => beam.isFinished);
  }

  /** Step 1: the best tokens after the prompt, at least K of them. */
  start({ ids, logProbabilities }: Candidates): Extension {
    this.#beams = Array.from({ length: this.#width }, (_, i) => ({
      tokens: [ids[i]!],
      sum: fround(logProbabilities[i]!),
      length: 1,
      isFinished: ids[i] === this.#stopId,
    }));
    return { parents: this.#beams.map(() => 0), tokens: ids.slice(0, this.#width) };
  }

  /** A later step. @param candidates at least K continuations of each beam; those of finished beams are not read */
  advance(candidates: readonly Candidates[]): Extension {
    const options = this.#beams.flatMap((beam, parent) => {
      if (beam.isFinished)
        return [{ parent, id: paddingId, length: beam.length, average: fround(beam.sum / beam.length) }];
      const { ids, logProbabilities } = candidates[parent]!;
      const length = beam.length + 1;
      return ids.map((id, i) => ({
        parent,
        id,
        length,
        average: fround(fround(beam.sum + logProbabilities[i]!) / length),
      }));
    });
    const best = options.sort((a, b) => b.average - a.average || a.parent - b.parent).slice(0, this.#width);
    const before = this.#beams;
    this.#beams = best.map(({ parent, id, length, average }) => {
      const { tokens, isFinished } = before[parent]!;
      return {
        tokens: isFinished ? tokens : [...tokens, id],
        sum: fround(average * length),
        length,
        isFinished: isFinished || id === this.#stopId,
      };
    });
    return { parents: best.map(({ parent }) => parent), tokens: best.map(({ id }) => id) };
  }

  /** All beams, best first. */
  result(): readonly Beam[] {
    return this.#beams
      .map(({ tokens, sum, length }) => ({ tokens, score: fround(sum / length) }))
      .sort((a, b) => b.score - a.score);
  }
}
