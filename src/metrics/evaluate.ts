/** Scores of a set of texts under a profile, and how they are shown. */
import { DataError } from "../base/errors.ts";
import type { ColumnScores, Pair } from "./metric.ts";
import { findProfile, type ProfileName } from "./profiles.ts";

/** The profile stands wherever scores stand. */
export interface Scores {
  readonly profile: ProfileName;
  readonly items: number;
  /** In the order of the paper's tables; raw values, BLEU and ROUGE in 0..1, CIDEr in 0..10. */
  readonly columns: ReadonlyMap<string, ColumnScores>;
}

/** @throws DataError when there is nothing to score, UsageError when the profile comes later */
export function evaluate(pairs: readonly Pair[], profileName: ProfileName): Scores {
  const profile = findProfile(profileName);
  if (pairs.length === 0) {
    throw new DataError("There is nothing to score.", {
      where: "pairs",
      expected: "at least one text and its reference",
    });
  }
  const prepared = pairs.map(({ hypothesis, references }) => ({
    hypothesis: profile.prepare(hypothesis),
    references: references.map((reference) => profile.prepare(reference)),
  }));
  const columns = new Map(profile.metrics.flatMap((metric) => [...metric.score(prepared)]));
  return { profile: profile.name, items: pairs.length, columns };
}

/** The table for people, in percent as the paper prints it (CIDEr: 100 × its 0..10). */
export function formatScores({ profile, items, columns }: Scores): string {
  const names = [...columns.keys()];
  const values = [...columns.values()].map(({ corpus }) => (100 * corpus).toFixed(2));
  const widths = names.map((name, i) => Math.max(name.length, values[i]!.length));
  const line = (cells: readonly string[]) => cells.map((cell, i) => cell.padStart(widths[i]!)).join("  ");
  return [`profile ${profile}, ${items} texts, percent`, line(names), line(values)].join("\n");
}

/** The scores as one JSON document: raw values of the corpus. */
export function scoresDocument({ profile, items, columns }: Scores) {
  const corpus = Object.fromEntries([...columns].map(([name, scores]) => [name, scores.corpus]));
  return { profile, items, scores: corpus };
}
