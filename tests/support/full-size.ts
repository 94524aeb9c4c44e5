/** Which full-size models `npm run slow` runs: the small ones, and with REGIONFORMER_FULL=1 all of them. */
export const runsAll = process.env.REGIONFORMER_FULL === "1";

/** The cases of a slow test; those named are left to REGIONFORMER_FULL=1. */
export function chosen<T extends { readonly seed: string }>(cases: readonly T[], onlyInFull: readonly string[]): T[] {
  return cases.filter(({ seed }) => runsAll || !onlyInFull.includes(seed));
}
