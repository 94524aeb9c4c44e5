/** "Did you mean …?" */
import { closest, distance } from "fastest-levenshtein";

/** Case and separators do not count: `batch_size` is as near to `batchSize` as can be. */
function plain(word: string): string {
  return word.toLowerCase().replace(/[-_ ]/g, "");
}

/** The known word nearest to what was written, or undefined when none is near enough to be meant. */
export function nearest(written: string, known: readonly string[]): string | undefined {
  const byPlain = new Map(known.map((word) => [plain(word), word]));
  if (byPlain.size === 0) return undefined;
  const best = closest(plain(written), [...byPlain.keys()]);
  return distance(plain(written), best) <= Math.max(2, best.length / 3) ? byPlain.get(best) : undefined;
}

/** A remedy for an unknown word: the nearest known one, or all of them. */
export function didYouMean(written: string, known: readonly string[]): string {
  const near = nearest(written, known);
  if (near !== undefined) return `Did you mean ${near}?`;
  return known.length === 0 ? "Leave it out." : `Known here: ${known.join(", ")}.`;
}
