/** Which spans of a report there are, which may have relations, and what the scores say of them (METRICS §9.6 to §9.8). */
import type { Span } from "./annotation.ts";

/** Every span of at most `widest` of `count` words, by its first word and then its last. */
export function allSpans(count: number, widest: number): Span[] {
  const spans: Span[] = [];
  for (let start = 0; start < count; start++) {
    for (let end = start; end < Math.min(count, start + widest); end++) spans.push([start, end]);
  }
  return spans;
}

/** Number of spans of `count` words that may have relations. */
export function keptSpans(count: number, spansPerWord: number): number {
  return Math.max(1, Math.ceil(Math.fround(count * spansPerWord)));
}

/** Indices of the k largest scores, in ascending order; of equal scores the first. */
export function largest(scores: Float32Array, k: number): number[] {
  const order = Array.from(scores, (_, i) => i).sort((a, b) => scores[b]! - scores[a]! || a - b);
  return order.slice(0, k).sort((a, b) => a - b);
}

/** The label with the largest score, where one is above 0, the score of no label; of equal ones the first. */
export function chosenLabel(scores: Float32Array, labels: readonly string[]): string | undefined {
  let [best, chosen] = [0, -1];
  for (const [i, score] of scores.entries()) if (score > best) [best, chosen] = [score, i];
  return labels[chosen];
}
