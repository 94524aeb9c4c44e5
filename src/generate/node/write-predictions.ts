/** A sentence for every row, as a table; batch by batch, so that a killed process goes on behind its last finished batch. */
import { stringify } from "csv-stringify/sync";
import { z } from "zod";
import { InterruptedError } from "../../base/errors.ts";
import { writeFileAtomic } from "../../base/node/files.ts";
import { sha256, sha256OfFile } from "../../base/node/hash.ts";
import { Journal } from "../../base/node/journal.ts";
import { lock } from "../../base/node/lock.ts";
import type { Reporter } from "../../base/reporter.ts";
import { type Features, visualVector } from "../../features/index.ts";
import type { CaptionerModel } from "../../models/node/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import { loadTokenizer } from "../../text/node/index.ts";
import { type Caption, Captioner, type GenerationSettings } from "../captioner.ts";

type Row = Parameters<typeof visualVector>[1];

const cells = {
  imgid: ({ imageId }: Row) => imageId,
  ref: ({ sentence }: Row) => sentence,
  hyp: (_: Row, [best]: readonly Caption[]) => best!.text,
  studyid: ({ studyId }: Row) => studyId,
  split: ({ split }: Row) => split,
  boxes: ({ boxes }: Row) => JSON.stringify(boxes.map(({ x1, y1, x2, y2 }) => [x1, y1, x2, y2])),
  abnormal: ({ abnormal }: Row) => (abnormal === undefined ? "" : String(abnormal)),
  score: (_: Row, [best]: readonly Caption[]) => String(best!.score),
  alternatives: (_: Row, [, ...others]: readonly Caption[]) => JSON.stringify(others),
} as const satisfies Record<string, (row: Row, captions: readonly Caption[]) => string>;

export type PredictionColumn = keyof typeof cells;

/** imgid, ref, hyp first, as the public code writes them; then what helps to read the table. */
export const predictionColumns = ["imgid", "ref", "hyp", "studyid", "split", "boxes", "abnormal", "score"] as const;

/** Of it, what the public code has. */
export const referenceColumns = ["imgid", "ref", "hyp"] as const;

export interface PredictionsRequest {
  /** The CSV file to write. */
  readonly out: string;
  readonly rows: readonly Row[];
  readonly features: Features;
  readonly model: CaptionerModel;
  /** The file the model was read from: its content is part of what a journal belongs to. */
  readonly checkpoint: string;
  readonly settings: GenerationSettings;
  readonly columns: readonly PredictionColumn[];
}

/** A hash of all that decides the sentences and their order: what a journal of them belongs to. */
async function subjectOf({ rows, features, checkpoint, settings, columns }: PredictionsRequest, runtime: Runtime) {
  const { encoder } = features;
  const facts = rows.map(({ studyId, imageId, split, sentence, boxes }) => [studyId, imageId, split, sentence, boxes]);
  const made = [encoder.hash, encoder.preprocessing, encoder.view, await sha256OfFile(checkpoint)];
  return sha256(JSON.stringify([settings, columns, runtime.description, made, facts]));
}

/** The rows that an earlier process finished. */
function recordsOf({ pieces }: Journal): string[][] {
  const parsed = z.array(z.array(z.array(z.string()))).safeParse(pieces);
  return parsed.success ? parsed.data.flat() : [];
}

/**
 * Writes the table.
 * @returns its records, without the header
 * @throws InterruptedError when the user asks to stop; what is finished is saved. UsageError when another process writes it
 */
export async function writePredictions(
  request: PredictionsRequest,
  runtime: Runtime,
  reporter: Reporter,
): Promise<readonly (readonly string[])[]> {
  const { out, rows, features, model, settings, columns } = request;
  const tokenizer = await loadTokenizer(model.decoderDir, model.config.decoder.vocabularySize);
  await using captioner = await Captioner.open(runtime, model, tokenizer, settings);
  await using held = await lock(`${out}.lock`, "The predictions file");
  await using journal = await Journal.open(`${out}.journal`, await subjectOf(request, runtime));
  const records = recordsOf(journal);
  if (records.length > 0) reporter.log.info(`continuing after ${records.length} rows`);
  const progress = reporter.progress("generate", rows.length);
  if (records.length > 0) progress.advance(records.length);
  for (let start = records.length; start < rows.length && !reporter.signal.aborted; start += settings.batchSize) {
    const batch = rows.slice(start, start + settings.batchSize);
    const captions = await captioner.caption(batch.map((row) => visualVector(features, row, model.info.input)));
    const finished = batch.map((row, i) => columns.map((column) => cells[column](row, captions[i]!)));
    await held.write(() => journal.append(finished));
    records.push(...finished);
    progress.advance(batch.length);
  }
  progress.done();
  await held.write(() => writeFileAtomic(out, stringify([[...columns], ...records])));
  if (records.length < rows.length) throw interrupted(out, records.length, rows.length);
  await journal.finish();
  return records;
}

function interrupted(out: string, done: number, total: number): InterruptedError {
  return new InterruptedError("Generation was interrupted; what is finished is saved.", {
    where: out,
    found: `${done} of ${total} rows`,
    remedy: "Run the same command again: it continues where it stopped.",
  });
}
