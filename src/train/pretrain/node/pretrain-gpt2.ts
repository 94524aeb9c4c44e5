/** A tiny GPT-2 with a tokenizer of its own, from sentences to a model folder. */
import { join } from "node:path";
import { DataError, UsageError } from "../../../base/errors.ts";
import { writeFileAtomic } from "../../../base/node/files.ts";
import type { Reporter } from "../../../base/reporter.ts";
import { findArchitecture } from "../../../models/architectures/index.ts";
import { gpt2Shapes, gpt2Spread, parseGpt2Config } from "../../../models/gpt2/index.ts";
import type { AdamWConfig } from "../../../nn/index.ts";
import type { Runtime } from "../../../runtime/index.ts";
import {
  byteLevelTokenizerFiles,
  createTokenizer,
  endOfText,
  tokenizerVersion,
  trainByteLevelBpe,
} from "../../../text/index.ts";
import { drawWeights, planTensors } from "../../../weights/index.ts";
import { writeModelFolder } from "../../../weights/node/index.ts";
import { type EpochRecord, runTraining } from "../../training.ts";
import { LanguageLearner, packBlocks } from "../language-model.ts";
import { formatModelCard } from "./model-card.ts";

export interface PretrainRecipe {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly warmupSteps: number;
  readonly seed: number;
  readonly optimizer: AdamWConfig;
}

export interface PretrainGpt2Options extends PretrainRecipe {
  /** Most tokens of the vocabulary. */
  readonly vocabularySize: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly positions: number;
  /** Tokens of a block. */
  readonly blockLength: number;
}

export interface PretrainData<T> {
  readonly train: readonly T[];
  readonly validation: readonly T[];
  /** What they are and where they come from, for the model's card. */
  readonly description: string;
}

export interface PretrainedGpt2 {
  readonly vocabularySize: number;
  readonly parameters: number;
  readonly epochs: readonly EpochRecord[];
}

/**
 * Learns tokenizer and model, and writes the folder.
 * @throws DataError when the sentences do not fill a batch, UsageError when a block is longer than the model's sequences
 */
export async function pretrainGpt2(
  out: string,
  runtime: Runtime,
  sentences: PretrainData<string>,
  /** Texts that the tokenizer should know besides the sentences. */
  moreTexts: readonly string[],
  options: PretrainGpt2Options,
  reporter: Reporter,
): Promise<PretrainedGpt2> {
  const started = performance.now();
  const { blockLength, positions } = options;
  if (blockLength > positions) {
    throw new UsageError("A block is longer than the model's longest sequence.", {
      where: "--block-length",
      expected: `at most ${positions}, the --positions`,
      found: `${blockLength}`,
    });
  }
  const files = byteLevelTokenizerFiles(trainByteLevelBpe([...sentences.train, ...moreTexts], options.vocabularySize));
  const tokenizer = createTokenizer(files["tokenizer.json"], files["tokenizer_config.json"], "the new tokenizer");
  const [end] = tokenizer.encode(endOfText) as [number];
  const configFiles = findArchitecture("openai-community/gpt2").files({
    n_embd: options.width,
    n_layer: options.layers,
    n_head: options.heads,
    n_positions: options.positions,
  });
  const json = {
    ...configFiles["config.json"],
    vocab_size: tokenizer.vocabularySize,
    bos_token_id: end,
    eos_token_id: end,
  };
  const config = parseGpt2Config(json, "config.json");
  const blocks = (texts: readonly string[]) =>
    packBlocks(
      texts.map((text) => tokenizer.encode(text)),
      end,
      options.blockLength,
      options.seed,
    );
  const [train, selection] = [blocks(sentences.train), blocks(sentences.validation)];
  if (selection.length === 0) {
    throw new DataError("There are too few validation sentences to measure the model on.", {
      where: "the sentences",
      expected: `${options.blockLength} tokens or more`,
      found: `${sentences.validation.length} sentences`,
    });
  }
  const shapes = gpt2Shapes(config);
  const weights = drawWeights(options.seed, shapes, (name) => gpt2Spread(config, name));
  await using learner = await LanguageLearner.open(runtime, config, weights, options.optimizer);
  const plan = { ...options, train, selection, validationBatchSize: options.batchSize };
  const sink = { step: async () => {}, epoch: async (record: EpochRecord) => reporter.log.info(describe(record)) };
  const epochs = await runTraining(learner, plan, sink, reporter);
  const parameters = [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
  const card = formatModelCard({
    title: "tiny-gpt2",
    summary:
      "A small GPT-2 with a byte-level BPE of its own, trained from scratch on the sentences of synthetic reports.",
    facts: {
      data: sentences.description,
      sentences: `${sentences.train.length} for training, ${sentences.validation.length} for validation`,
      vocabulary: `${tokenizer.vocabularySize} tokens, tokenizer version ${tokenizerVersion}`,
      parameters,
      blocks: `${train.length} of ${options.blockLength} tokens, batches of ${options.batchSize}`,
      recipe: describeRecipe(options),
    },
    epochs,
    minutes: (performance.now() - started) / 60_000,
  });
  await writeFileAtomic(join(out, "README.md"), card);
  const generation = { bos_token_id: end, eos_token_id: end };
  const versioned = { ...files["tokenizer_config.json"], regionformer_tokenizer: tokenizerVersion };
  const folder = {
    ...files,
    "tokenizer_config.json": versioned,
    "config.json": json,
    "generation_config.json": generation,
  };
  await writeModelFolder(out, folder, planTensors(learner.trainer.trained));
  return { vocabularySize: tokenizer.vocabularySize, parameters, epochs };
}

export function describe({ epoch, trainLoss, validationLoss }: EpochRecord): string {
  return `epoch ${epoch}: training loss ${trainLoss.toFixed(4)}, validation loss ${validationLoss.toFixed(4)}`;
}

export function describeRecipe({ epochs, learningRate, warmupSteps, seed, optimizer }: PretrainRecipe): string {
  const { variant, beta1, beta2, epsilon, weightDecay } = optimizer;
  const adamw = `AdamW (${variant}, betas ${beta1} and ${beta2}, epsilon ${epsilon}, weight decay ${weightDecay})`;
  return `${epochs} epochs, ${adamw}, learning rate ${learningRate}, warm-up ${warmupSteps} steps, seed ${seed}`;
}
