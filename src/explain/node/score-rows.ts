/** Scores of maps over the rows of a split, row by row, so that a stopped run continues. */
import { z } from "zod";
import { InterruptedError } from "../../base/errors.ts";
import { Journal } from "../../base/node/journal.ts";
import type { Reporter } from "../../base/reporter.ts";
import type { Row } from "../../data/index.ts";
import { readFilm } from "../../images/node/index.ts";
import type { Explainer } from "../explainer.ts";
import { type ScoredRow, type ScoringOptions, scoreMaps } from "../scores/map-scores.ts";

const pieceSchema = z.object({
  cluster: z.string(),
  scores: z.partialRecord(z.enum(["image", "mask"]), z.record(z.string(), z.array(z.number()))),
});

/**
 * @param rows positive rows whose boxes the view shows
 * @param journalPath where finished rows are kept until all are
 * @param subject names the job: model, rows and settings
 * @throws InterruptedError when asked to stop; the same call continues
 */
export async function scoreRows(
  explainer: Explainer,
  rows: readonly Row[],
  options: ScoringOptions,
  { journalPath, subject }: { readonly journalPath: string; readonly subject: string },
  reporter: Reporter,
): Promise<ScoredRow[]> {
  await using journal = await Journal.open(journalPath, subject);
  const scored: ScoredRow[] = z.array(pieceSchema).safeParse(journal.pieces).data ?? [];
  const progress = reporter.progress("score maps", rows.length);
  if (scored.length > 0) progress.advance(scored.length);
  for (const [i, row] of rows.entries()) {
    if (i < scored.length) continue;
    if (reporter.signal.aborted) {
      throw new InterruptedError("Scoring was interrupted; what is finished is saved.", {
        where: journalPath,
        found: `${scored.length} of ${rows.length} rows`,
        remedy: "Run the same command again: it continues where it stopped.",
      });
    }
    const film = await readFilm(row.imagePath!);
    const squares = explainer.squaresOf(film, row.boxes);
    const [written] = await explainer.write([squares]);
    const key = `${row.imageId}/${i}`;
    const piece = {
      cluster: row.studyId,
      scores: await scoreMaps(explainer.system, { squares, tokens: written!.tokens }, key, options),
    };
    await journal.append(piece);
    scored.push(piece);
    progress.advance();
  }
  progress.done();
  await journal.finish();
  return scored;
}
