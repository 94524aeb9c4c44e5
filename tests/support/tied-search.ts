/** Beam searches where rounding may decide: what two searches did alike, and by how little they differed where they parted. */

/** A candidate of a decision: it continues beam `beam` of the step before by `token`; its average score. */
export type Candidate = readonly [beam: number, token: number, average: number];

export interface SearchTrace {
  readonly beam: number;
  readonly stop: number;
  /** By step the candidates, those that were chosen first, best first. */
  readonly steps: readonly (readonly Candidate[])[];
}

interface Kept {
  readonly tokens: readonly number[];
  readonly score: number;
}

/** What became of a comparison: the same beams to the end, or the first decision that kept others. */
export interface Comparison {
  /** The first decision with other beams, counted from 0; undefined when all kept the same. */
  readonly partedAt: number | undefined;
  /** By how much the reference prefers its own choice at that decision, at most. */
  readonly gap: number;
  /** Largest difference of the scores of beams that both kept. */
  readonly scoreDistance: number;
}

const keyOf = (tokens: readonly number[]) => tokens.join(" ");

/** Every candidate of every step as its tokens, cut at the stop token. */
export function candidateTexts({ beam, stop, steps }: SearchTrace): Kept[][] {
  let before: readonly (readonly number[])[] = [[]];
  return steps.map((candidates) => {
    const texts = candidates.map(([parent, token, score]) => {
      const tokens = before[parent]!;
      return { tokens: tokens.at(-1) === stop ? tokens : [...tokens, token], score };
    });
    before = texts.slice(0, beam).map(({ tokens }) => tokens);
    return texts;
  });
}

/**
 * Follows a search through the reference's decisions. Beams are compared as sets: two that change places are the same.
 * @param ours by step all beams that were kept
 * @throws Error when a beam was kept that the reference did not even have near its last one
 */
export function followSearch(reference: SearchTrace, ours: readonly (readonly Kept[])[]): Comparison {
  let scoreDistance = 0;
  for (const [step, texts] of candidateTexts(reference).entries()) {
    const scores = new Map(texts.map(({ tokens, score }) => [keyOf(tokens), score]));
    const chosen = new Set(texts.slice(0, reference.beam).map(({ tokens }) => keyOf(tokens)));
    const kept = ours[step];
    if (kept === undefined) throw new Error(`the search ended before decision ${step}`);
    const others = kept.filter(({ tokens }) => !chosen.has(keyOf(tokens)));
    for (const { tokens, score } of kept) {
      const theirs = scores.get(keyOf(tokens));
      if (theirs === undefined) throw new Error(`decision ${step}: the beam ${tokens} is not among the candidates`);
      scoreDistance = Math.max(scoreDistance, Math.abs(score - theirs));
    }
    if (others.length > 0) {
      const least = texts[reference.beam - 1]!.score;
      const gap = Math.max(...others.map(({ tokens }) => least - scores.get(keyOf(tokens))!));
      return { partedAt: step, gap, scoreDistance };
    }
  }
  if (ours.length > reference.steps.length) throw new Error("the search went on after the reference's last decision");
  return { partedAt: undefined, gap: 0, scoreDistance };
}
