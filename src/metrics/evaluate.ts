/** Pairs and a profile in, what every metric of the profile found out. */
import { DataError } from "../base/errors.ts";
import { type Reporter, silentReporter } from "../base/reporter.ts";
import { missingWeights, type WeightedFamily } from "./families.ts";
import { notComputed } from "./measurement.ts";
import type { Metric, Outcome, Pair } from "./metric.ts";
import { findProfile, type Profile, type ProfileName } from "./profiles.ts";

/** The profile stands wherever scores stand. */
export interface Evaluation {
  readonly profile: ProfileName;
  /** Number of pairs. */
  readonly count: number;
  /** In the table's order: the profile's families, then the additional ones. */
  readonly outcomes: readonly NamedOutcome[];
}

export interface NamedOutcome {
  /** The family: "BLEU". */
  readonly metric: string;
  readonly outcome: Outcome;
}

export interface EvaluateOptions {
  readonly profile: ProfileName;
  /** Metrics with weights, by family; a family of the profile that is not here is reported as not computed. */
  readonly weighted?: ReadonlyMap<WeightedFamily, Metric>;
  /** Further metrics, which are no part of the profile: they stand behind it and see the texts as they are. */
  readonly additional?: readonly Metric[];
  readonly reporter?: Reporter;
}

function metricsOf(profile: Profile, weighted: ReadonlyMap<WeightedFamily, Metric> | undefined): readonly Metric[] {
  return profile.metrics.map((entry) => {
    if ("measure" in entry) return entry;
    const { family, columns } = entry;
    const absent = { name: family, columns, measure: () => notComputed(columns, missingWeights(family)) };
    return weighted?.get(family) ?? absent;
  });
}

/**
 * Texts as they are in the file; the profile prepares them.
 * @throws DataError when there is nothing to score or a metric is not defined for these texts
 */
export async function evaluate(
  pairs: readonly Pair[],
  { profile: name, weighted, additional = [], reporter = silentReporter }: EvaluateOptions,
): Promise<Evaluation> {
  const profile = findProfile(name);
  if (pairs.length === 0) {
    throw new DataError("There is nothing to score.", {
      where: "pairs",
      expected: "at least one text and its reference",
    });
  }
  const prepared = profile.prepare(pairs);
  const outcomes: NamedOutcome[] = [];
  for (const metric of metricsOf(profile, weighted)) {
    outcomes.push({ metric: metric.name, outcome: await metric.measure(prepared, reporter) });
  }
  for (const metric of additional) {
    outcomes.push({ metric: metric.name, outcome: await metric.measure(pairs, reporter) });
  }
  return { profile: profile.name, count: pairs.length, outcomes };
}
