/** Whether what a map calls important is: deletion and insertion curves (Petsiuk et al., 2018). */
import { type PatchMap, ranked, replacePatches } from "../patch-map.ts";
import { type Baseline, baselineOf, pixelsOf, type Stream, type Subject } from "../subject.ts";
import type { ExplainedSystem, SystemRow } from "../system.ts";

export interface Curves {
  /** Shares of the patches that are changed, from 0 to 1. */
  readonly shares: readonly number[];
  /** Probability per token of the sentence while the highest patches are taken away, one a share. */
  readonly deletion: readonly number[];
  /** The same while they are put on the empty stream. */
  readonly insertion: readonly number[];
}

/** Area under a curve over its shares, by trapezoids. */
export function areaUnder(shares: readonly number[], values: readonly number[]): number {
  return shares.slice(1).reduce((sum, x, i) => sum + ((x - shares[i]!) * (values[i]! + values[i + 1]!)) / 2, 0);
}

/** The geometric mean of the tokens' probabilities: in 0..1 whatever the length. */
function perToken(logProbabilities: Float32Array): number {
  return Math.exp(logProbabilities.reduce((sum, value) => sum + value, 0) / logProbabilities.length);
}

/**
 * Curves of several maps of one stream of one subject; the other stream stays as it is.
 * @param maps of the same stream
 * @param points steps of the curves
 */
export async function curvesOf(
  system: ExplainedSystem,
  subject: Subject,
  stream: Stream,
  maps: readonly PatchMap[],
  { baseline, points }: { readonly baseline: Baseline; readonly points: number },
): Promise<Curves[]> {
  const { imageSide, patchSize } = system;
  const [x, x0] = [pixelsOf(subject), baselineOf(subject, baseline)];
  const count = maps[0]!.values.length;
  const numbers = Array.from({ length: points + 1 }, (_, k) => Math.round((k * count) / points));
  const { tokens } = subject;
  const mixed = (taken: ReadonlySet<number>, deletes: boolean): SystemRow => {
    const pixels = replacePatches(x[stream], x0[stream], imageSide, patchSize, (patch) => taken.has(patch) === deletes);
    return { pixels: { ...x, [stream]: pixels }, tokens };
  };
  const inner = numbers.slice(1, -1);
  const changed = maps.flatMap((map) => {
    const order = ranked(map);
    const sets = inner.map((number) => new Set(order.slice(0, number)));
    return [...sets.map((set) => mixed(set, true)), ...sets.map((set) => mixed(set, false))];
  });
  const ends = [mixed(new Set(), true), mixed(new Set(), false)];
  const [full, empty, ...values] = (await system.score([...ends, ...changed])).map(perToken) as [number, number];
  const shares = numbers.map((number) => number / count);
  return maps.map((_, m) => {
    const own = (values as number[]).slice(2 * m * inner.length, 2 * (m + 1) * inner.length);
    return {
      shares,
      deletion: [full, ...own.slice(0, inner.length), empty],
      insertion: [empty, ...own.slice(inner.length), full],
    };
  });
}
