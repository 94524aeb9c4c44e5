/** Scores of maps over many rows: localisation and faithfulness, against maps that know nothing. */
import { type Estimate, meansOf, type PairedEstimate, pairedBootstrap } from "../../metrics/index.ts";
import { attribute, type MethodName, type MethodOptions } from "../methods/index.ts";
import type { PatchMap } from "../patch-map.ts";
import type { Stream, Subject } from "../subject.ts";
import type { ExplainedSystem } from "../system.ts";
import { centreMap, randomMap } from "./baseline-maps.ts";
import { areaUnder, curvesOf } from "./faithfulness.ts";
import { insideShare, localise } from "./localisation.ts";

export const scoreColumns = ["pointing game", "IoU", "energy inside", "deletion AUC", "insertion AUC"] as const;

export type ScoreColumn = (typeof scoreColumns)[number];

/** Which way is better. */
export const lowerIsBetter: ReadonlySet<ScoreColumn> = new Set(["deletion AUC"]);

export const baselineMaps = ["random", "centre"] as const;

/** Scores of one row's maps: stream → map → a number for each column. */
export type RowScores = Readonly<Partial<Record<Stream, Readonly<Record<string, readonly number[]>>>>>;

export interface ScoredRow {
  /** Rows of one key are drawn together: the study's. */
  readonly cluster: string;
  readonly scores: RowScores;
}

export interface ScoringOptions extends MethodOptions {
  readonly methods: readonly MethodName[];
  /** Steps of the deletion and insertion curves. */
  readonly curvePoints: number;
  /** Of the random maps and the bootstrap. */
  readonly seed: number;
}

/**
 * Scores the maps of one row. The subject's mask must show a box.
 * @param key the row's own, for its random map
 */
export async function scoreMaps(
  system: ExplainedSystem,
  subject: Subject,
  key: string,
  options: ScoringOptions,
): Promise<RowScores> {
  const inside = insideShare(subject.squares.mask, system.patchSize);
  const question = { subject, target: "sentence" } as const;
  const maps = new Map<Stream, Map<string, PatchMap>>(system.streams.map((stream) => [stream, new Map()]));
  for (const method of options.methods) {
    const [attribution] = await attribute(method, system, [question], options);
    for (const [stream, map] of attribution!.maps) maps.get(stream)!.set(method, map);
  }
  const scores: [Stream, Record<string, readonly number[]>][] = [];
  for (const [stream, of] of maps) {
    of.set("random", randomMap(inside.side, options.seed, `${key}/${stream}`));
    of.set("centre", centreMap(inside.side));
    const curves = await curvesOf(system, subject, stream, [...of.values()], {
      baseline: options.baseline,
      points: options.curvePoints,
    });
    const named = [...of].map(([name, map], m) => {
      const { pointing, iou, energy } = localise(map, inside);
      const { shares, deletion, insertion } = curves[m]!;
      return [name, [pointing, iou, energy, areaUnder(shares, deletion), areaUnder(shares, insertion)]] as const;
    });
    scores.push([stream, Object.fromEntries(named)]);
  }
  return Object.fromEntries(scores);
}

/** A map's scores over all rows, and its difference from each map that knows nothing. */
export interface MapSummary {
  readonly stream: Stream;
  readonly map: string;
  readonly columns: Readonly<Record<ScoreColumn, Estimate>>;
  /** Absent for the baselines themselves. */
  readonly against?: Readonly<Record<(typeof baselineMaps)[number], Readonly<Record<ScoreColumn, PairedEstimate>>>>;
}

/** Means with bootstrap intervals over studies; every comparison draws the same rows for both maps. */
export function summarise(
  rows: readonly ScoredRow[],
  { resamples, seed }: { readonly resamples: number; readonly seed: number },
): MapSummary[] {
  const clusters = rows.map(({ cluster }) => cluster);
  const streams = Object.keys(rows[0]?.scores ?? {}) as Stream[];
  return streams.flatMap((stream) => {
    const names = Object.keys(rows[0]!.scores[stream]!);
    const measured = (name: string) =>
      meansOf(
        Object.fromEntries(
          scoreColumns.map((column, k) => [column, rows.map(({ scores }) => scores[stream]![name]![k]!)]),
        ),
      );
    const compared = (name: string, baseline: string) =>
      pairedBootstrap(measured(baseline), measured(name), { resamples, seed, clusters });
    return names.map((map): MapSummary => {
      const [random, centre] = baselineMaps.map((baseline) => Object.fromEntries(compared(map, baseline)));
      const columns = Object.fromEntries(scoreColumns.map((column) => [column, random![column]!.second]));
      const isBaseline = baselineMaps.some((baseline) => baseline === map);
      const summary = { stream, map, columns: columns as MapSummary["columns"] };
      return isBaseline ? summary : { ...summary, against: { random, centre } as NonNullable<MapSummary["against"]> };
    });
  });
}
