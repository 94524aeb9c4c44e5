/**
 * Longest caption that is used whole (REFERENCE §2.8): min(int(mean + 10·std), max) of the token counts, std unbiased, empty captions
 * counted. Longer ones are cut there. For fewer than two captions: the longest.
 */
export function captionLimit(lengths: readonly number[] | Float64Array): number {
  let [longest, sum, squares] = [0, 0, 0];
  for (const length of lengths) {
    longest = Math.max(longest, length);
    sum += length;
  }
  if (lengths.length < 2) return longest;
  const mean = sum / lengths.length;
  for (const length of lengths) squares += (length - mean) ** 2;
  const variance = squares / (lengths.length - 1);
  return Math.min(Math.trunc(mean + 10 * Math.sqrt(variance)), longest);
}
