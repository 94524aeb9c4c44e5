/** Which full-size models `npm run slow` runs: the small ones, and with REGIONFORMER_FULL=1 all of them. */
export const runsAll = process.env.REGIONFORMER_FULL === "1";

/** The cases of a slow test; those named are left to REGIONFORMER_FULL=1. */
export function chosen<T extends { readonly seed: string }>(cases: readonly T[], onlyInFull: readonly string[]): T[] {
  return cases.filter(({ seed }) => runsAll || !onlyInFull.includes(seed));
}

/** Writes the largest resident memory of this process so far, for those who run full-size models. */
export function logPeak(what: string): void {
  console.log(`${what}: peak ${((process.resourceUsage().maxRSS * 1024) / 1e9).toFixed(2)} GB`);
}
