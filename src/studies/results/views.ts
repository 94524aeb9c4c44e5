/** Which view is the main one, and what the files of the others are called. */
import type { ScoringOptions, ViewName } from "./score-cells.ts";

/** The view of the main tables and the figures: each text against its own reference, where that was asked for. */
export function mainViewOf({ references }: ScoringOptions): ViewName {
  return { references: references.includes("own") ? "own" : references[0]!, stratum: "all" };
}

export function isSameView(a: ViewName, b: ViewName): boolean {
  return a.references === b.references && a.stratum === b.stratum;
}

/** Name of a table's files; those of other views than the main one stand in a folder of their own. */
export function viewed(name: string, view: ViewName, mainView: ViewName): string {
  const { references, stratum } = view;
  if (isSameView(view, mainView)) return name;
  return `more/${name}${stratum === "all" ? "" : `_${stratum}`}${references === "own" ? "" : "_study-references"}`;
}
