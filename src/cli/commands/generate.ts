/** `regionformer generate`: a run and a data set in, predictions out. */
import { stringify } from "csv-stringify/sync";
import { z } from "zod";
import { InterruptedError } from "../../base/errors.ts";
import { writeFileAtomic } from "../../base/node/files.ts";
import { sha256, sha256OfFile } from "../../base/node/hash.ts";
import { Journal } from "../../base/node/journal.ts";
import { lock } from "../../base/node/lock.ts";
import { type Row, rowsOf, splitNames } from "../../data/index.ts";
import { checkEncoder, encoderOfCheckpoint, visualVector } from "../../features/index.ts";
import { readFeatures } from "../../features/node/index.ts";
import { type Caption, Captioner } from "../../generate/index.ts";
import { loadCaptioner } from "../../models/node/index.ts";
import { openDevice } from "../../runtime/node/index.ts";
import { loadTokenizer } from "../../text/node/index.ts";
import { Run } from "../../train/node/index.ts";
import { defineCommand } from "../framework/index.ts";
import { datasetOptions, readDataset, rowChoice, strictOption } from "../options/dataset.ts";
import { engineOptions } from "../options/engine.ts";
import { generationOptions, generationSettings } from "../options/generation.ts";

/** imgid, ref, hyp first, as the public code writes them; then what helps to read the table. */
const columns = ["imgid", "ref", "hyp", "studyid", "split", "boxes", "abnormal", "score"] as const;

function recordOf(row: Row, captions: readonly Caption[], withAlternatives: boolean): string[] {
  const [best, ...others] = captions as [Caption, ...Caption[]];
  const boxes = row.boxes.map(({ x1, y1, x2, y2 }) => [x1, y1, x2, y2]);
  const abnormal = row.abnormal === undefined ? "" : String(row.abnormal);
  const record = [
    row.imageId,
    row.sentence,
    best.text,
    row.studyId,
    row.split,
    JSON.stringify(boxes),
    abnormal,
    String(best.score),
  ];
  return withAlternatives ? [...record, JSON.stringify(others)] : record;
}

const options = z.object({
  run: z.string().describe("Run folder of `train`"),
  features: z.string().describe("Features file that `encode` wrote"),
  split: z.enum(splitNames).default("test").describe("Rows to write sentences for"),
  out: z.string().optional().describe("File to write; predictions.csv in the run folder when absent"),
  checkpoint: z.string().optional().describe("Checkpoint to use; the run's best when absent"),
  decoderModel: z.string().optional().describe("GPT-2 folder, where it is not at the place of the training"),
  ...datasetOptions,
  ...generationOptions,
  alternatives: z.boolean().default(false).describe("Add the other beams and their scores"),
  batchSize: z.number().int().positive().default(16).describe("Rows generated together"),
  ...engineOptions,
  ...strictOption,
});

/** A hash of all that decides the sentences and their order: what a journal of them belongs to. */
async function subjectOf(rows: readonly Row[], o: z.infer<typeof options>, checkpoint: string): Promise<string> {
  const settings = [generationSettings(o), o.alternatives, o.device];
  const files = [await sha256OfFile(checkpoint), await sha256OfFile(o.features)];
  const facts = rows.map(({ studyId, imageId, split, sentence, boxes }) => [studyId, imageId, split, sentence, boxes]);
  return sha256(JSON.stringify([settings, files, facts]));
}

/** The rows that an earlier process finished. */
function recordsOf({ pieces }: Journal): string[][] {
  const parsed = z.array(z.array(z.array(z.string()))).safeParse(pieces);
  return parsed.success ? parsed.data.flat() : [];
}

export const generate = defineCommand({
  description:
    "Writes a sentence for every row of a split with the run's best checkpoint. The file begins with the columns " +
    "imgid, ref, hyp, which `evaluate` reads.",
  arguments: [
    { name: "data", summary: "Data set folder, or CSV files of the authors.", required: true, variadic: true },
  ],
  options,
  examples: [
    "generate PadChest-GR --run runs/image-mask --features features.safetensors",
    "generate PadChest-GR --run runs/image-mask --features features.safetensors --split validation --beams 10 --alternatives",
  ],
  async run({ arguments: { data }, options }, context) {
    const run = await Run.open(options.run);
    const checkpoint = options.checkpoint ?? run.bestCheckpointPath;
    const dataset = await readDataset(data, options, context);
    const model = await loadCaptioner(checkpoint, options.decoderModel);
    const features = await readFeatures(options.features);
    checkEncoder(options.features, features.encoder, encoderOfCheckpoint(checkpoint, model.notes));
    const all = rowsOf(dataset.studies, { ...rowChoice(options), split: options.split, emptySentences: "keep" }).rows;
    const rows = all.filter(({ imageId }) => features.films.has(imageId));
    if (rows.length < all.length) {
      context.log.warn(`${all.length - rows.length} rows have no sentence: the features do not hold their films`);
    }
    const tokenizer = await loadTokenizer(model.decoderDir, model.config.decoder.vocabularySize);
    await using captioner = await Captioner.open(
      await openDevice(options, context),
      model,
      tokenizer,
      generationSettings(options),
    );
    const out = options.out ?? run.predictionsPath;
    await using _ = await lock(`${out}.lock`, "The predictions file");
    const subject = await subjectOf(rows, options, checkpoint);
    await using journal = await Journal.open(`${out}.journal`, subject);
    const records = recordsOf(journal);
    if (records.length > 0) context.log.info(`continuing after ${records.length} rows`);
    const progress = context.progress("generate", rows.length);
    if (records.length > 0) progress.advance(records.length);
    for (let start = records.length; start < rows.length && !context.signal.aborted; start += options.batchSize) {
      const batch = rows.slice(start, start + options.batchSize);
      const captions = await captioner.caption(batch.map((row) => visualVector(features, row, model.info.input)));
      const finished = batch.map((row, i) => recordOf(row, captions[i]!, options.alternatives));
      await journal.append(finished);
      records.push(...finished);
      progress.advance(batch.length);
    }
    const header = options.alternatives ? [...columns, "alternatives"] : [...columns];
    await writeFileAtomic(out, stringify([header, ...records]));
    if (records.length < rows.length) throw interrupted(out, records.length, rows.length);
    await journal.finish();
    return {
      document: {
        out,
        checkpoint,
        split: options.split,
        rows: records.length,
        rowsWithoutFilm: all.length - rows.length,
      },
      text: `${out}: ${records.length} sentences for split ${options.split}`,
    };
  },
});

function interrupted(out: string, done: number, total: number): InterruptedError {
  return new InterruptedError("Generation was interrupted; what is finished is saved.", {
    where: out,
    found: `${done} of ${total} rows`,
    remedy: "Run the same command again: it continues where it stopped.",
  });
}
