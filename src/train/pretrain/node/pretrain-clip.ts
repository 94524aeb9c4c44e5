/** A tiny CLIP, from a data set to a model folder: films with their sentences, masks with sentences of place and size. */
import { join } from "node:path";
import { writeFileAtomic } from "../../../base/node/files.ts";
import { Random } from "../../../base/random.ts";
import type { Reporter } from "../../../base/reporter.ts";
import type { Study } from "../../../data/index.ts";
import { openEncoder, preprocessingVersion, type Square } from "../../../features/index.ts";
import { type FilmSquares, readSquares } from "../../../features/node/index.ts";
import { findArchitecture } from "../../../models/architectures/index.ts";
import { clipVisionSpread, parseClipConfig } from "../../../models/clip/index.ts";
import type { Runtime } from "../../../runtime/index.ts";
import { endOfText, pythonStrip, type Tokenizer } from "../../../text/index.ts";
import { drawWeights, planTensors, type Spread, type Weights } from "../../../weights/index.ts";
import { writeModelFolder } from "../../../weights/node/index.ts";
import { type EpochRecord, runTraining } from "../../training.ts";
import { type ClipConfig, ContrastiveLearner, clipShapes, logScaleName, type SeenExample } from "../contrastive.ts";
import { placeSentences, randomBox } from "../place-sentences.ts";
import { formatModelCard, table } from "./model-card.ts";
import { describe, describeRecipe, type PretrainData, type PretrainRecipe } from "./pretrain-gpt2.ts";
import { type ProbedFilm, type ProbeScores, probeEmbeddings } from "./probe-embeddings.ts";

export interface PretrainClipOptions extends PretrainRecipe {
  readonly imageSize: number;
  readonly patchSize: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly textLayers: number;
  readonly projectionWidth: number;
}

export interface PretrainedClip {
  readonly parameters: number;
  readonly epochs: readonly EpochRecord[];
  readonly probes: ProbeScores;
}

/** Longest text in tokens, the end of text included; longer ones are cut there. */
const textPositions = 64;

type Box = Study["findings"][number]["boxes"][number];

/** A film with the masks it is shown with. */
interface PlannedFilm {
  readonly study: Study;
  readonly boxLists: readonly (readonly Box[])[];
}

/** Learns both towers, probes the vision tower on the validation films, and writes the folder. */
export async function pretrainClip(
  out: string,
  runtime: Runtime,
  data: PretrainData<Study>,
  tokenizer: Tokenizer,
  options: PretrainClipOptions,
  reporter: Reporter,
): Promise<PretrainedClip> {
  const started = performance.now();
  const { config, files } = describeModel(options, tokenizer);
  const read = async (studies: readonly Study[]) => {
    const films = planFilms(studies, options.seed);
    const requests = films.map(({ study, boxLists }) => ({ source: study.imagePath!, boxLists }));
    const squares = await readSquares(requests, { fit: "crop", side: options.imageSize }, reporter);
    return films.map((film, i) => ({ ...film, squares: squares[i]! }));
  };
  const [train, validation] = [await read(data.train), await read(data.validation)];
  const examples = (films: typeof train) =>
    Random.named(options.seed, "mix").shuffled(films.flatMap((film) => examplesOf(film, film.squares, tokenizer)));
  const weights = drawWeights(options.seed, clipShapes(config), (name) => spreadOf(config, name));
  await using learner = await ContrastiveLearner.open(runtime, config, weights, options.optimizer);
  const plan = {
    ...options,
    train: examples(train),
    selection: examples(validation),
    validationBatchSize: options.batchSize,
  };
  const sink = { step: async () => {}, epoch: async (record: EpochRecord) => reporter.log.info(describe(record)) };
  const epochs = await runTraining(learner, plan, sink, reporter);
  const probed = async (films: typeof train) => embed(runtime, config, learner.trainer.trained, films);
  const probes = probeEmbeddings(await probed(train), await probed(validation));
  const parameters = [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
  const card = formatModelCard({
    title: "tiny-clip",
    summary:
      "A small CLIP, trained from scratch on synthetic films with the sentences of their reports, and on masks of boxes " +
      "with sentences of place and size.",
    facts: {
      data: data.description,
      films: `${train.length} for training, ${validation.length} for validation`,
      examples: `${plan.train.length} films and masks, batches of ${options.batchSize}`,
      input: `${options.imageSize} pixels, patches of ${options.patchSize}`,
      parameters,
      preprocessing: `version ${preprocessingVersion}`,
      recipe: describeRecipe(options),
    },
    epochs,
    minutes: (performance.now() - started) / 60_000,
    sections: { "Linear probes on the validation films": formatProbes(probes) },
  });
  await writeFileAtomic(join(out, "README.md"), card);
  await writeModelFolder(out, files, planTensors(learner.trainer.trained));
  return { parameters, epochs, probes };
}

function describeModel(options: PretrainClipOptions, tokenizer: Tokenizer) {
  const { imageSize, patchSize, width, layers, heads, textLayers, projectionWidth } = options;
  const files = findArchitecture("openai/clip-vit-base-patch32").files({
    hidden_size: width,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    intermediate_size: 4 * width,
    image_size: imageSize,
    patch_size: patchSize,
    projection_dim: projectionWidth,
  });
  const vision = parseClipConfig(files["config.json"], "config.json");
  const text = {
    width,
    layers: textLayers,
    heads,
    innerWidth: 4 * width,
    epsilon: vision.epsilon,
    vocabularySize: tokenizer.vocabularySize,
    positions: textPositions,
    projectionWidth,
  };
  const textFile = {
    model_type: "clip_text_model",
    hidden_size: width,
    num_hidden_layers: textLayers,
    num_attention_heads: heads,
    intermediate_size: text.innerWidth,
    vocab_size: text.vocabularySize,
    max_position_embeddings: textPositions,
    projection_dim: projectionWidth,
    hidden_act: "quick_gelu",
    layer_norm_eps: text.epsilon,
    eos_token_id: tokenizer.encode(endOfText)[0],
  };
  const json = { ...files["config.json"], architectures: ["CLIPModel"], text_config: textFile };
  const preprocessor = { ...files["preprocessor_config.json"], regionformer_preprocessing: preprocessingVersion };
  const config: ClipConfig = { vision, text };
  return { config, files: { "config.json": json, "preprocessor_config.json": preprocessor } };
}

/**
 * Fresh weights for a small model and a short training. Hugging Face's are drawn for long ones: their positions are so
 * small beside the patches that a mask's place shows up in the embedding only after thousands of steps.
 */
function spreadOf({ vision, text }: ClipConfig, name: string): Spread {
  const normal = (deviation: number): Spread => ({ mean: 0, deviation });
  const { width, layers, innerWidth } = name.startsWith("text_") ? text : vision;
  if (name === logScaleName) return { mean: Math.log(1 / 0.07), deviation: 0 };
  if (name.startsWith("text_") && name.includes("_embedding.")) return normal(0.1);
  if (name.endsWith("position_embedding.weight")) return normal(0.7);
  if (/(q_proj|k_proj|v_proj|mlp\.fc1)\.weight$/.test(name)) return normal(width ** -0.5);
  if (name.endsWith("out_proj.weight")) return normal((2 * layers * width) ** -0.5);
  if (name.endsWith("mlp.fc2.weight")) return normal((2 * layers * innerWidth) ** -0.5);
  return clipVisionSpread(vision, name);
}

/** Each film is shown with the mask of one of its findings and with one of a box drawn at random. */
function planFilms(studies: readonly Study[], seed: number): PlannedFilm[] {
  return studies.map((study) => {
    const random = Random.named(seed, `boxes of ${study.imageId}`);
    const own = study.findings.length === 0 ? [] : [random.choose(study.findings).boxes];
    return { study, boxLists: [...own, [randomBox(random)]] };
  });
}

/** What is written of a film: its positive sentences; of one without any, what it says instead. */
function reportOf({ findings }: Study): string[] {
  const sentences = (wanted: boolean) =>
    findings.filter(({ abnormal }) => abnormal === wanted).map(({ sentence }) => pythonStrip(sentence.en));
  const positive = sentences(true).filter((sentence) => sentence !== "");
  return positive.length > 0 ? positive : sentences(false).filter((sentence) => sentence !== "");
}

function examplesOf(
  { study, boxLists }: PlannedFilm,
  { image, masks }: FilmSquares,
  tokenizer: Tokenizer,
): SeenExample[] {
  const [end] = tokenizer.encode(endOfText) as [number];
  const ids = (text: string) => [...tokenizer.encode(text).slice(0, textPositions - 1), end];
  const film: SeenExample = { kind: "film", square: image, texts: reportOf(study).map(ids) };
  const drawn = boxLists.map(
    (boxes, i): SeenExample => ({ kind: "mask", square: masks[i]!, texts: placeSentences(boxes).map(ids) }),
  );
  return [film, ...drawn].filter(({ texts }) => texts.length > 0);
}

async function embed(
  runtime: Runtime,
  { vision }: ClipConfig,
  weights: Weights,
  films: readonly (PlannedFilm & { readonly squares: FilmSquares })[],
): Promise<ProbedFilm[]> {
  const batchSize = 16;
  await using encoder = await openEncoder(runtime, vision, weights, batchSize);
  const squares: Square[] = films.flatMap(({ squares }) => [squares.image, ...squares.masks]);
  const vectors: Float32Array[] = [];
  for (let start = 0; start < squares.length; start += batchSize) {
    vectors.push(...(await encoder.encode(squares.slice(start, start + batchSize))));
  }
  let next = 0;
  return films.map(({ study, boxLists }) => ({
    film: vectors[next++]!,
    labels: new Set(study.findings.flatMap(({ labels }) => labels)),
    masks: boxLists.map((boxes) => ({ vector: vectors[next++]!, boxes })),
  }));
}

function formatProbes({ mask, presence }: ProbeScores): string {
  return [
    "Read from the embedding of a mask with one box by ridge regression on the training masks:",
    table(
      ["", "R²"],
      Object.entries(mask).map(([name, r2]) => [name, r2.toFixed(3)]),
    ),
    "Read from the embedding of a film, area under the ROC curve by label (number of validation films that have it):",
    table(
      ["label", "films", "AUC"],
      presence.map(({ label, films, auc }) => [label, films, auc.toFixed(3)]),
    ),
  ].join("\n\n");
}
