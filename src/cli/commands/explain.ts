/** `regionformer explain`: where the words come from. */
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { UsageError } from "../../base/errors.ts";
import { writeFileAtomic } from "../../base/node/files.ts";
import { sha256OfFile } from "../../base/node/hash.ts";
import { disclaimer, syntheticOnly } from "../../base/notices.ts";
import { rowChoice, splitNames } from "../../data/index.ts";
import {
  baselineNames,
  defaultMethodOptions,
  Explainer,
  explanationPage,
  latentModes,
  latentNotice,
  methodNames,
  methodsFor,
  methodUnits,
} from "../../explain/index.ts";
import {
  claimFolder,
  type ExplainedRow,
  type Explainers,
  explainableRows,
  oneOfEachFilm,
  type RowRequest,
  type SplitScoring,
  scoreSplit,
  type WrittenRow,
  writeJson,
  writeRow,
} from "../../explain/node/index.ts";
import { generationSettings, searchShape } from "../../generate/index.ts";
import { loadDescriberParts } from "../../generate/node/index.ts";
import { readFilm } from "../../images/node/index.ts";
import { gridAsMarkdown, gridAsText } from "../../metrics/index.ts";
import { isEmbedded, locateModel } from "../../models/node/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import { openDevice } from "../../runtime/node/index.ts";
import { Run } from "../../train/node/index.ts";
import { type Context, defineCommand, resolvedYaml } from "../framework/index.ts";
import { parseBox } from "../options/boxes.ts";
import { datasetOptions, readDataset, strictOption } from "../options/dataset.ts";
import { engineOptions } from "../options/engine.ts";

const count = z.number().int().positive();

const options = z.object({
  out: z.string().describe("Folder to write; one of an earlier call is used again"),
  run: z.string().default("tiny-regionformer").describe("Run folder of `train`, or the embedded one"),
  imageRun: z.string().optional().describe("Run trained on films alone: the middle panel of the paper's figure"),
  box: z.array(z.string()).default([]).describe("Film: box x1,y1,x2,y2 of the finding, in fractions"),
  pixels: z.boolean().default(false).describe("Film: the boxes are in pixels"),
  sentence: z.string().min(1).optional().describe("Film: explain this sentence instead of the model's own"),
  split: z.enum(splitNames).default("test").describe("Data set: which rows"),
  rows: z.number().int().nonnegative().default(6).describe("Data set: rows with boxes to show, drawn at random"),
  score: z.boolean().default(false).describe("Data set: score the maps on all rows with boxes of the split"),
  scoreRows: count.optional().describe("Score this many of them, drawn at random"),
  map: z.array(z.enum(methodNames)).default([]).describe("Spatial method; all that fit the encoder when absent"),
  perToken: z.boolean().default(false).describe("A map for each token too"),
  latent: z
    .enum([...latentModes, "both", "none"])
    .default("both")
    .describe("The paper's maps: which form"),
  counterfactuals: z.boolean().default(true).describe("Try other boxes: moved, resized, removed"),
  baseline: z.enum(baselineNames).default(defaultMethodOptions.baseline).describe("What a film is compared with"),
  steps: count.default(defaultMethodOptions.steps).describe("Points of the integral of integrated gradients"),
  window: count.default(defaultMethodOptions.window).describe("Patches along the side of what occlusion covers"),
  curvePoints: count.default(8).describe("Steps of the deletion and insertion curves"),
  resamples: count.default(2000).describe("Draws of the bootstrap"),
  seed: z.number().int().nonnegative().default(0).describe("Seed of drawn rows, random maps and the bootstrap"),
  encoderModel: z.string().optional().describe("CLIP folder, where it is not at the place of the encoding"),
  decoderModel: z.string().optional().describe("GPT-2 folder, where it is not at the place of the training"),
  ...datasetOptions,
  ...searchShape,
  ...engineOptions,
  ...strictOption,
});

type Options = z.infer<typeof options>;

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

async function openExplainer(runtime: Runtime, run: string, o: Options): Promise<Explainer> {
  const { bestCheckpointPath } = await Run.open(locateModel(run));
  const settings = generationSettings({ ...o, batchSize: 1 });
  return Explainer.open(runtime, await loadDescriberParts(bestCheckpointPath, { ...o, settings }));
}

function requestOf(o: Options, { system }: Explainer, log: Context["log"]): RowRequest {
  const { mapper } = system.config.captioner;
  const wanted = o.latent === "both" ? latentModes : o.latent === "none" ? [] : [o.latent];
  const hasAttention = mapper.kind === "transformer";
  if (wanted.length > 0 && !hasAttention) log.warn(`no latent maps: the ${mapper.kind} mapper has no attention`);
  const fitting = methodsFor(system.config.encoder);
  if (o.map.length === 0 && fitting.length < methodNames.length) {
    log.warn("no LeGrad maps: the encoder is a residual network, which has no attention layers");
  }
  return {
    methods: o.map.length === 0 ? fitting : methodNames.filter((name) => o.map.includes(name)),
    perToken: o.perToken,
    latent: hasAttention ? wanted : [],
    counterfactuals: o.counterfactuals,
    sentence: o.sentence,
    baseline: o.baseline,
    steps: o.steps,
    window: o.window,
  };
}

function refuseFor(kind: "film" | "data set", given: Readonly<Record<string, boolean>>): void {
  const [name] = Object.entries(given).find(([, isGiven]) => isGiven) ?? [];
  if (name === undefined) return;
  throw new UsageError(`The option is not for a ${kind}.`, {
    where: name,
    expected: kind === "film" ? "a data set" : "one film",
    found: `a ${kind}`,
  });
}

function keyOf(i: number, image: string): string {
  return `${String(i + 1).padStart(3, "0")}-${image
    .replace(/\.\w+$/, "")
    .replace(/[^\w-]/g, "_")
    .slice(0, 60)}`;
}

function parametersOf(request: RowRequest, { system, view, input }: Explainer) {
  const { methods, baseline, steps, window } = request;
  return {
    input,
    view,
    patchSize: system.patchSize,
    explained: "sum of the log-probabilities of the sentence's tokens, or of one token, in nats",
    methods: Object.fromEntries(methods.map((name) => [name, { unit: methodUnits[name] }])),
    baseline: { image: baseline, mask: "black" },
    integratedGradients: { steps, rule: "midpoint" },
    occlusion: { windowInPatches: window },
    latent: `${latentNotice}; scaled to 0..1 each`,
    maps: "rows of the encoder's square from its top, patches from the left",
  };
}

async function scoringOf(o: Options, { methods, baseline, steps, window }: RowRequest): Promise<SplitScoring> {
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
  options,
  examples: [
    "explain film.png --box 0.38,0.42,0.82,0.72 --out why",
    "explain PadChest-GR --run runs/image-mask --image-run runs/image --out why --rows 12 --per-token",
    "explain PadChest-GR --run runs/image-mask --out why --rows 0 --score --map legrad --map integrated-gradients",
  ],
  async run({ arguments: { data }, options, resolved }, context) {
    const ofFilm = await isFilm(data);
    if (ofFilm) refuseFor("film", { "--score": options.score });
    else {
      refuseFor("data set", { "--box": options.box.length > 0, "--sentence": options.sentence !== undefined });
    }
    const film = ofFilm ? await readFilm(data[0]!) : undefined;
    const boxes = film === undefined ? [] : options.box.map((text) => parseBox(text, film, options.pixels));
    const runtime = await openDevice(options, context);
    await using main = await openExplainer(runtime, options.run, options);
    await using imageOnly =
      options.imageRun === undefined ? undefined : await openExplainer(runtime, options.imageRun, options);
    if (imageOnly !== undefined && imageOnly.input.mode !== "image") {
      throw new UsageError("The run of the middle panel reads masks.", {
        where: "--image-run",
        expected: "a run trained with --mode image",
        found: `mode ${imageOnly.input.mode}`,
      });
    }
    const request = requestOf(options, main, context.log);
    await claimFolder(options.out, resolvedYaml(resolved));
    const written: WrittenRow[] = [];
    const write = async (row: ExplainedRow) => {
      const explainers: Explainers = { main, imageOnly };
      const done = await writeRow(options.out, explainers, row, request);
      written.push(done);
      for (const { method, score, baselineScore, completenessGap } of done.document.attributions) {
        if (baselineScore === undefined || completenessGap === undefined) continue;
        const share = Math.abs(completenessGap / (score - baselineScore));
        if (share > roughSum) {
          context.log.warn(`${row.image}: ${method} miss their sum by ${Math.round(100 * share)}%; take more --steps`);
        }
      }
    };

    let scored: Awaited<ReturnType<typeof scoreSplit>> | undefined;
    const texts: string[] = [];
    if (film !== undefined) {
      const image = basename(data[0]!);
      await write({ key: keyOf(0, image), image, film, boxes });
    } else {
      const { studies } = await readDataset(data, options, context);
      const found = explainableRows(studies, { ...rowChoice(options), split: options.split }, options.seed);
      const shown = oneOfEachFilm(found.rows).slice(0, options.rows);
      const progress = context.progress("explain", shown.length);
      for (const [i, { imageId: image, imagePath, boxes, sentence: reference }] of shown.entries()) {
        context.signal.throwIfAborted();
        await write({ key: keyOf(i, image), image, film: await readFilm(imagePath!), boxes, reference });
        progress.advance();
      }
      progress.done();
      if (options.score) {
        const scoring = await scoringOf(options, request);
        scored = await scoreSplit(main, found, scoring, options.out, context);
        texts.push(gridAsText(scored.grid));
        await writeFileAtomic(join(options.out, "scores.md"), gridAsMarkdown(scored.grid));
        await writeJson(join(options.out, "scores.json"), scored.document);
      }
    }
    const notices = [
      ...(isEmbedded(options.run) ? [syntheticOnly] : []),
      "Maps say what moved the model's words, not what is on the film.",
    ];
    const pagePath = join(options.out, "index.html");
    await writeFileAtomic(
      pagePath,
      explanationPage({ notice: notices.join(" "), scores: scored?.grid, cards: written.map(({ card }) => card) }),
    );
    const documents = written.map(({ document }) => document);
    const parameters = parametersOf(request, main);
    await writeJson(join(options.out, "explanations.json"), { parameters, rows: documents });
    const lines = documents.map(({ image, sentence }) => `${image}: ${sentence}`);
    const notice = [...notices, disclaimer].join(" ");
    return {
      document: {
        out: options.out,
        page: pagePath,
        run: options.run,
        methods: request.methods,
        rows: documents.map(({ key, image, sentence, reference }) => ({ key, image, sentence, reference })),
        ...(scored === undefined ? {} : { scores: scored.document }),
        notice,
      },
      text: [...lines, ...texts, `page: ${pagePath}`, notice].join("\n"),
    };
  },
});
