/** What a token counts in BERTScore's means: all alike, or the more the fewer references have it (METRICS §7.2). */
import type { EncoderTokenizer } from "../../text/index.ts";

/** The weight of a token id. */
export type TokenWeight = (id: number) => number;

/** 1 for every token but start and end. */
export function equalWeights({ startId, endId }: EncoderTokenizer): TokenWeight {
  return (id) => (id === startId || id === endId ? 0 : 1);
}

/**
 * ln((N + 1) / (n + 1)) of a token that is in n of N references. Start and end are in all of them, so they count 0.
 * @param references token ids of each reference, start and end among them
 */
export function inverseFrequencies(references: Iterable<readonly number[]>): TokenWeight {
  let total = 0;
  const counts = new Map<number, number>();
  for (const reference of references) {
    total++;
    for (const id of new Set(reference)) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return (id) => Math.log((total + 1) / ((counts.get(id) ?? 0) + 1));
}
