/** How far maps can be trusted, over the rows of a split: scores, their means with intervals, and the table. */
import { join } from "node:path";
import { UsageError } from "../../base/errors.ts";
import { sha256 } from "../../base/node/hash.ts";
import type { Reporter } from "../../base/reporter.ts";
import type { Grid } from "../../metrics/index.ts";
import type { Explainer } from "../explainer.ts";
import { scoreGrid } from "../report/score-grid.ts";
import { type ScoringOptions, summarise } from "../scores/map-scores.ts";
import { type ExplainableRows, rowsInView } from "./choose-rows.ts";
import { scoreRows } from "./score-rows.ts";

export interface SplitScoring {
  readonly split: string;
  /** Score this many rows; all when absent. */
  readonly scoreRows?: number | undefined;
  /** Draws of the bootstrap. */
  readonly resamples: number;
  readonly settings: ScoringOptions;
  /** Names the model and how it writes, so that unfinished scores of another are not continued. */
  readonly subject: unknown;
}

export interface ScoredSplit {
  readonly grid: Grid;
  /** The same unrounded, with what was scored, for JSON. */
  readonly document: object;
}

/**
 * @param folder where finished rows are kept until all are
 * @throws UsageError when the split has no row to score; InterruptedError when asked to stop
 */
export async function scoreSplit(
  explainer: Explainer,
  { positive, rows: candidates, left }: ExplainableRows,
  scoring: SplitScoring,
  folder: string,
  reporter: Reporter,
): Promise<ScoredSplit> {
  const { split, settings, resamples } = scoring;
  const { seen: rows, outside } = await rowsInView(candidates, explainer.view, scoring.scoreRows ?? candidates.length);
  if (rows.length === 0) {
    throw new UsageError("There is no row to score.", {
      where: `split ${split}`,
      expected: "positive rows with boxes and films",
      found: `none among ${positive} positive rows`,
    });
  }
  const facts = rows.map(({ studyId, imageId, boxes }) => [studyId, imageId, boxes]);
  const place = {
    journalPath: join(folder, "scores.journal"),
    subject: sha256(JSON.stringify([settings, scoring.subject, facts])),
  };
  const scored = await scoreRows(explainer, rows, settings, place, reporter);
  const summaries = summarise(scored, { resamples, seed: settings.seed });
  const studies = new Set(scored.map(({ cluster }) => cluster)).size;
  const grid = scoreGrid(summaries, { rows: rows.length, studies, resamples });
  const document = {
    split,
    positiveRows: positive,
    scoredRows: rows.length,
    studies,
    leftOut: { ...left, "boxes outside the view": outside },
    settings,
    resamples,
    maps: summaries,
  };
  return { grid, document };
}
