/** `regionformer explain`: where the words come from. */
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { UsageError } from "../../base/errors.ts";
import { sha256OfFile } from "../../base/node/hash.ts";
import { disclaimer, syntheticOnly } from "../../base/notices.ts";
import { type Row, rowChoice } from "../../data/index.ts";
import { Explainer } from "../../explain/index.ts";
import {
  ExplanationFolder,
  explainableRows,
  oneOfEachFilm,
  type RowDocument,
  type RowRequest,
  type ScoredSplit,
  type SplitScoring,
  scoreSplit,
} from "../../explain/node/index.ts";
import { generationSettings } from "../../generate/index.ts";
import { loadDescriberParts } from "../../generate/node/index.ts";
import { readFilm } from "../../images/node/index.ts";
import { gridAsText } from "../../metrics/index.ts";
import { isEmbedded, locateModel } from "../../models/node/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import { openDevice } from "../../runtime/node/index.ts";
import { Run } from "../../train/node/index.ts";
import { type Context, defineCommand } from "../framework/index.ts";
import { resolvedYaml } from "../framework/resolved-yaml.ts";
import { parseBox } from "../options/boxes.ts";
import { readDataset } from "../options/dataset.ts";
import { type ExplainOptions, explainOptions, refuseOptionsFor, rowRequestOf } from "../options/explaining.ts";

/** Share of the score's difference that integrated gradients may miss before a warning says so. */
const roughSum = 0.1;

/** One path that is a file and no table or archive. */
async function isFilm(paths: readonly string[]): Promise<boolean> {
  const [path] = paths;
  if (path === undefined || paths.length > 1 || /\.(csv|json|zip)$/i.test(path)) return false;
  return stat(path).then(
    (found) => found.isFile(),
    () => /\.(png|jpe?g|dcm)$/i.test(path),
  );
}

async function openExplainer(runtime: Runtime, run: string, o: ExplainOptions): Promise<Explainer> {
  const { bestCheckpointPath } = await Run.open(locateModel(run));
  const settings = generationSettings({ ...o, batchSize: 1 });
  return Explainer.open(runtime, await loadDescriberParts(bestCheckpointPath, { ...o, settings }));
}

/** The film and boxes that are asked about, or undefined for a data set. @throws UsageError for options of the other */
async function readAskedFilm(data: readonly string[], options: ExplainOptions) {
  const ofFilm = await isFilm(data);
  refuseOptionsFor(ofFilm ? "film" : "data set", options);
  if (!ofFilm) return undefined;
  const film = await readFilm(data[0]!);
  const boxes = options.box.map((text) => parseBox(text, film, options.pixels));
  return { image: basename(data[0]!), film, boxes };
}

/** @throws UsageError when the run reads masks */
function checkReadsFilmsAlone({ input }: Explainer): void {
  if (input.mode === "image") return;
  throw new UsageError("The run of the middle panel reads masks.", {
    where: "--image-run",
    expected: "a run trained with --mode image",
    found: `mode ${input.mode}`,
  });
}

function warnOfRoughSums({ image, attributions }: RowDocument, log: Context["log"]): void {
  for (const { method, score, baselineScore, completenessGap } of attributions) {
    if (baselineScore === undefined || completenessGap === undefined) continue;
    const share = Math.abs(completenessGap / (score - baselineScore));
    if (share > roughSum) {
      log.warn(`${image}: ${method} miss their sum by ${Math.round(100 * share)}%; take more --steps`);
    }
  }
}

async function explainRows(rows: readonly Row[], folder: ExplanationFolder, context: Context): Promise<RowDocument[]> {
  const progress = context.progress("explain", rows.length);
  const explained: RowDocument[] = [];
  for (const { imageId: image, imagePath, boxes, sentence: reference } of rows) {
    context.signal.throwIfAborted();
    const row = await folder.addRow({ image, film: await readFilm(imagePath!), boxes, reference });
    warnOfRoughSums(row, context.log);
    explained.push(row);
    progress.advance();
  }
  progress.done();
  return explained;
}

async function scoringOf(o: ExplainOptions, { methods, baseline, steps, window }: RowRequest): Promise<SplitScoring> {
  const { bestCheckpointPath } = await Run.open(locateModel(o.run));
  return {
    split: o.split,
    scoreRows: o.scoreRows,
    resamples: o.resamples,
    settings: { methods, baseline, steps, window, curvePoints: o.curvePoints, seed: o.seed },
    subject: [generationSettings({ ...o, batchSize: 1 }), await sha256OfFile(bestCheckpointPath)],
  };
}

export const explain = defineCommand({
  description:
    "Explains what the model writes about one film and boxes, or about rows of a data set: maps over film and mask by LeGrad, " +
    "gradient × input, integrated gradients and occlusion, the paper's latent maps, and what other boxes would have changed. Writes " +
    "a page, pictures and JSON. With --score, how far the maps can be trusted on the rows of a split.",
  arguments: [
    {
      name: "data",
      summary: "One film, a data set folder, or CSV files of the authors.",
      required: true,
      variadic: true,
    },
  ],
  options: explainOptions,
  examples: [
    "explain film.png --box 0.38,0.42,0.82,0.72 --out why",
    "explain PadChest-GR --run runs/image-mask --image-run runs/image --out why --rows 12 --per-token",
    "explain PadChest-GR --run runs/image-mask --out why --rows 0 --score --map legrad --map integrated-gradients",
  ],
  async run({ arguments: { data }, options, resolved }, context) {
    const asked = await readAskedFilm(data, options);
    const runtime = await openDevice(options, context);
    await using main = await openExplainer(runtime, options.run, options);
    await using imageOnly =
      options.imageRun === undefined ? undefined : await openExplainer(runtime, options.imageRun, options);
    if (imageOnly !== undefined) checkReadsFilmsAlone(imageOnly);
    const request = rowRequestOf(options, main, context.log);
    const folder = await ExplanationFolder.claim(options.out, resolvedYaml(resolved), { main, imageOnly }, request);
    let rows: RowDocument[];
    let scored: ScoredSplit | undefined;
    if (asked !== undefined) {
      rows = [await folder.addRow(asked)];
      warnOfRoughSums(rows[0]!, context.log);
    } else {
      const { studies } = await readDataset(data, options, context);
      const found = explainableRows(studies, { ...rowChoice(options), split: options.split }, options.seed);
      rows = await explainRows(oneOfEachFilm(found.rows).slice(0, options.rows), folder, context);
      if (options.score) {
        scored = await scoreSplit(main, found, await scoringOf(options, request), options.out, context);
        await folder.addScores(scored);
      }
    }
    const said = [
      ...(isEmbedded(options.run) ? [syntheticOnly] : []),
      "Maps say what moved the model's words, not what is on the film.",
    ].join(" ");
    const page = await folder.finish(said);
    const notice = `${said} ${disclaimer}`;
    return {
      document: {
        out: options.out,
        page,
        run: options.run,
        methods: request.methods,
        rows: rows.map(({ key, image, sentence, reference }) => ({ key, image, sentence, reference })),
        ...(scored === undefined ? {} : { scores: scored.document }),
        notice,
      },
      text: [
        ...rows.map(({ image, sentence }) => `${image}: ${sentence}`),
        ...(scored === undefined ? [] : [gridAsText(scored.grid)]),
        `page: ${page}`,
        notice,
      ].join("\n"),
    };
  },
});
