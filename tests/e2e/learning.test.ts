/** A tiny system learns: it overfits a few rows, and masks tell it more than films alone. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentReporter } from "../../src/base/reporter.ts";
import { type Row, rowsOf } from "../../src/data/index.ts";
import { openDataset } from "../../src/data/node/index.ts";
import { synthesise } from "../../src/data/synthetic/node/index.ts";
import { type Features, maskKey, openEncoder, preprocessingVersion } from "../../src/features/index.ts";
import { encodeDataset } from "../../src/features/node/index.ts";
import type { InputMode } from "../../src/models/captioner/index.ts";
import { loadDecoder, loadEncoder } from "../../src/models/node/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { loadTokenizer } from "../../src/text/node/index.ts";
import { Run, type TrainRunOptions, trainRun } from "../../src/train/node/index.ts";
import { sentencesOf, writeTinyGpt2 } from "../support/tiny-models.ts";

const runtime = openRuntime();
let dir: string;
let rows: readonly Row[];
let features: Features;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "regionformer-learning-"));
  await synthesise({ out: join(dir, "data"), studies: 160, seed: 11, size: 256 });
  rows = rowsOf((await openDataset([join(dir, "data")])).studies, { language: "en", findings: "all", reader: 1 }).rows;
  const { config, weights, identity } = await loadEncoder("tiny-clip");
  await writeTinyGpt2(join(dir, "gpt2"), await sentencesOf(join(dir, "data")));
  const view = { fit: "crop", side: config.imageSize } as const;
  const encoder = { ...identity, preprocessing: preprocessingVersion, view };
  const empty = {
    encoder,
    width: config.projectionWidth,
    films: new Map(),
    imageVectors: new Map(),
    maskVectors: new Map(),
  };
  await using eye = await openEncoder(runtime, config, weights, 16);
  ({ features } = await encodeDataset(rows, eye, empty, silentReporter));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const tiny: Omit<TrainRunOptions, "input" | "epochs" | "batchSize"> = {
  id0InLoss: true,
  optimizer: { variant: "hf", beta1: 0.9, beta2: 0.999, epsilon: 1e-6, weightDecay: 0 },
  mapper: { kind: "transformer", prefixLength: 4, latentLength: 4, layers: 2, heads: 4, mlpRatio: 2 },
  jointDecoder: true,
  validationBatchSize: 32,
  learningRate: 3e-3,
  warmupSteps: 20,
  seed: 0,
};

async function train(
  name: string,
  mode: InputMode,
  sets: { train: readonly Row[]; selection: readonly Row[] },
  epochs: number,
) {
  const decoder = await loadDecoder(join(dir, "gpt2"));
  const tokenizer = await loadTokenizer(join(dir, "gpt2"), decoder.config.vocabularySize);
  const run = await Run.create(join(dir, name), "");
  const options = { ...tiny, input: { mode, concatNorm: true }, epochs, batchSize: 20 };
  return trainRun(run, runtime, { ...sets, features, decoder, tokenizer }, options, silentReporter);
}

describe("a tiny system on synthetic films", () => {
  it("overfits 40 rows when GPT-2 is trained too", async () => {
    const inputs = new Map(
      rows.map((row) => [`${row.imageId} ${maskKey(row.boxes, features.films.get(row.imageId)!)}`, row]),
    );
    const distinct = [...inputs.values()].slice(0, 40);
    expect(distinct).toHaveLength(40);
    const { epochs } = await train("overfit", "image+mask", { train: distinct, selection: distinct }, 150);
    expect(epochs.at(-1)!.trainLoss).toBeLessThan(0.1);
    expect(epochs.at(-1)!.validationLoss).toBeLessThan(0.1);
  });

  it("reaches a lower validation loss with image and mask than with the image alone", async () => {
    const sets = {
      train: rows.filter(({ split }) => split === "train"),
      selection: rows.filter(({ split }) => split !== "train"),
    };
    const both = await train("both", "image+mask", sets, 20);
    const image = await train("image", "image", sets, 20);
    expect(both.best.validationLoss).toBeLessThan(image.best.validationLoss - 0.05);
  });
});
