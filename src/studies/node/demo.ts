/** The demo: the paper's first table in small, from synthetic films to a page, on the embedded tiny models. */
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { escapeHtml, figure, htmlTable, page, paragraph, section } from "../../base/html.ts";
import { entriesOfOwn } from "../../base/node/claim-folder.ts";
import { writeFileAtomic } from "../../base/node/files.ts";
import { disclaimer, syntheticOnly } from "../../base/notices.ts";
import { Random } from "../../base/random.ts";
import type { Reporter } from "../../base/reporter.ts";
import { type Row, rowsOf } from "../../data/index.ts";
import { openDataset } from "../../data/node/index.ts";
import { synthesise } from "../../data/synthetic/node/index.ts";
import type { GenerationSettings } from "../../generate/index.ts";
import { referenceColumns } from "../../generate/node/index.ts";
import { contactSheet, filmPreview, filmTile, readFilm } from "../../images/node/index.ts";
import type { InputMode } from "../../models/captioner/index.ts";
import { loadDecoder, loadEncoder, locateModel } from "../../models/node/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import { loadTokenizer } from "../../text/node/index.ts";
import { Run, type TrainRunOptions, trainRun } from "../../train/node/index.ts";
import {
  type ComparisonOptions,
  compareModes,
  comparisonCaption,
  comparisonCells,
  type ModeComparison,
  type ModeTexts,
} from "../mode-comparison.ts";
import { type GalleryCard, gallery, galleryStyle } from "../report/gallery.ts";
import { type Curve, learningCurves } from "../report/learning-curves.ts";
import { embedRows } from "./embed-rows.ts";
import { writeTexts } from "./write-texts.ts";

export interface DemoConfig {
  readonly studies: number;
  /** Side of a film in pixels. */
  readonly size: number;
  readonly dataSeed: number;
  readonly encoderModel: string;
  readonly decoderModel: string;
  readonly encoderBatchSize: number;
  /** All but the input mode, which is what is compared. */
  readonly training: Omit<TrainRunOptions, "input">;
  readonly generation: GenerationSettings;
  readonly comparison: ComparisonOptions;
  /** Test rows in the gallery. */
  readonly galleryRows: number;
}

export interface DemoOutcome {
  readonly comparison: ModeComparison;
  readonly reportPath: string;
  readonly counts: Readonly<Record<"train" | "validation" | "test", number>>;
  /** What the gallery shows, in its order. */
  readonly gallery: readonly { readonly reference: string; readonly findings: Readonly<Record<string, string>> }[];
}

const modes: readonly InputMode[] = ["image", "image+mask", "mask"];

/** Written first: a folder that holds it is the demo's, and may be used again. */
const marker = "demo.yaml";

/** Makes or clears the demo's folder. @throws UsageError when it holds anything else */
async function claimDemoFolder(out: string, configYaml: string): Promise<void> {
  const entries = await entriesOfOwn(out, { marker, owner: "the demo", content: "an earlier demo" });
  const before = await readFile(join(out, marker), "utf8").catch(() => undefined);
  // Films are kept when they would come out the same.
  const made = before === configYaml ? ["runs", "features.safetensors", "report.html", "gallery.jpg"] : entries;
  for (const name of made) await rm(join(out, name), { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  await writeFileAtomic(join(out, marker), configYaml);
}

/** Runs the whole demo into a folder; the same configuration gives the same numbers. */
export async function runDemo(
  out: string,
  config: DemoConfig,
  configYaml: string,
  runtime: Runtime,
  reporter: Reporter,
): Promise<DemoOutcome> {
  await claimDemoFolder(out, configYaml);
  const data = join(out, "data");
  const drawing = reporter.progress("draw films", config.studies);
  await synthesise({
    out: data,
    studies: config.studies,
    seed: config.dataSeed,
    size: config.size,
    onProgress: () => drawing.advance(),
  });
  drawing.done();
  const { studies } = await openDataset(data);
  const rows = <S extends Row["split"]>(split: S) =>
    rowsOf(studies, { language: "en", findings: "all", reader: 1, split, emptySentences: "drop" }).rows;
  const [train, validation, test] = [rows("train"), rows("validation"), rows("test")];
  const { encoderModel, encoderBatchSize } = config;
  const { features } = await embedRows(
    join(out, "features.safetensors"),
    [...train, ...validation, ...test],
    { model: await loadEncoder(encoderModel), fit: "crop", film: "whole", batchSize: encoderBatchSize },
    runtime,
    reporter,
  );
  const decoder = await loadDecoder(config.decoderModel);
  const tokenizer = await loadTokenizer(locateModel(config.decoderModel), decoder.config.vocabularySize);
  const texts: ModeTexts[] = [];
  const curves: Curve[] = [];
  for (const mode of modes) {
    reporter.log.info(`training from ${mode}`);
    const run = await Run.create(join(out, "runs", mode), configYaml);
    const sets = { train, selection: validation, features, decoder, tokenizer };
    const options = { ...config.training, input: { mode, concatNorm: true } };
    const { epochs } = await trainRun(run, runtime, sets, options, reporter);
    curves.push({ name: mode, epochs });
    const { decoderModel, generation: settings } = config;
    const predictions = { out: run.predictionsPath, columns: referenceColumns, rows: test };
    const request = { run, features, decoderModel, settings, ...predictions };
    texts.push({ mode, texts: await writeTexts(request, runtime, reporter) });
  }
  const compared = { references: test.map(({ sentence }) => sentence), studies: test.map(({ studyId }) => studyId) };
  const comparison = await compareModes(texts, compared, config.comparison);
  const reportPath = join(out, "report.html");
  const shown = drawGallery(test, texts, config);
  await writeFileAtomic(reportPath, await report(comparison, curves, await Promise.all(shown.map(cardOf)), configYaml));
  await writeFileAtomic(join(out, "gallery.jpg"), await gallerySheet(shown));
  const counts = { train: train.length, validation: validation.length, test: test.length };
  return {
    comparison,
    reportPath,
    counts,
    gallery: shown.map(({ row, findings }) => ({ reference: row.sentence, findings: Object.fromEntries(findings) })),
  };
}

/** A test row of the gallery with what each mode wrote about it. */
interface GalleryRow {
  readonly row: Row;
  readonly findings: readonly (readonly [mode: InputMode, sentence: string])[];
}

/** Rows with boxes, drawn at random whatever was generated for them, not more than one of a film. */
function drawGallery(
  test: readonly Row[],
  texts: readonly ModeTexts[],
  { galleryRows, dataSeed }: DemoConfig,
): GalleryRow[] {
  const order = Random.named(dataSeed, "gallery").shuffled(test.map((row, i) => ({ row, i })));
  const films = new Set<string>();
  const chosen = order.filter(({ row }) => {
    const isNew = row.boxes.length > 0 && !films.has(row.imageId);
    if (isNew) films.add(row.imageId);
    return isNew;
  });
  return chosen.slice(0, galleryRows).map(({ row, i }) => ({
    row,
    findings: texts.map(({ mode, texts }) => [mode, texts[i]!.trim()] as const),
  }));
}

async function cardOf({ row, findings }: GalleryRow): Promise<GalleryCard> {
  const preview = await filmPreview(await readFilm(row.imagePath!), 480);
  const named = findings.map(([mode, text]) => [`written from ${mode}`, text] as const);
  return { ...preview, boxes: row.boxes, reference: row.sentence, findings: named };
}

/** The first films of the gallery as one picture. */
async function gallerySheet(rows: readonly GalleryRow[]): Promise<Uint8Array> {
  const size = 300;
  const shown = rows.slice(0, 4);
  const tiles = shown.map(async ({ row }, i) => ({
    pixels: await filmTile(await readFilm(row.imagePath!), size),
    boxes: row.boxes,
    caption: `${i + 1}`,
  }));
  const layout = { size, columns: shown.length, footer: `Synthetic films. ${disclaimer}` };
  return contactSheet(await Promise.all(tiles), layout);
}

/** The table's last row is the difference of two others. */
const differenceLast = `
tbody tr:last-child td { font-weight: 600; border-top: 2px solid var(--line); }
`;

async function report(
  comparison: ModeComparison,
  curves: readonly Curve[],
  cards: readonly GalleryCard[],
  configYaml: string,
): Promise<string> {
  const gain = comparison.gain.get("CIDEr");
  const lead =
    gain === undefined
      ? ""
      : `Seeing the mask besides the film moves CIDEr by ${(100 * gain.difference.value).toFixed(1)} points.`;
  return page(
    "RegionFormer demo: does the mask help?",
    `All films, boxes and sentences on this page are synthetic. ${syntheticOnly}`,
    [
      section(
        "Three input modes on the same test rows",
        paragraph(`${comparisonCaption(comparison)} ${lead}`),
        htmlTable(comparisonCells(comparison)),
      ),
      section(
        "Learning curves",
        figure(await learningCurves(curves), "Loss by epoch; the checkpoint with the lowest validation loss writes."),
      ),
      section(
        "Gallery",
        paragraph(
          "Test films with the boxes of one finding, drawn at random: what the reference says and what was written.",
        ),
        gallery(cards),
      ),
      section("Configuration", `<details><summary>demo.yaml</summary><pre>${escapeHtml(configYaml)}</pre></details>`),
    ],
    differenceLast + galleryStyle,
  );
}
