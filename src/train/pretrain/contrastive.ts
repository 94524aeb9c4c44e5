/** Learning to see: CLIP's two towers on films and masks with the sentences that belong to them. */
import { type Float32HostArray, float32, type HostArray, int64, type Shape, zerosFloat32 } from "../../base/arrays.ts";
import { fillPixels, type Square } from "../../features/index.ts";
import { Graph, type Tensor } from "../../graph/index.ts";
import { type ClipTextConfig, type ClipVisionConfig, encodeImages, encodeTexts } from "../../models/clip/index.ts";
import { parameterShapes } from "../../models/parameter-shapes.ts";
import { type AdamWConfig, contrastiveLoss, Params, unitLength } from "../../nn/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import type { Weights } from "../../weights/index.ts";
import { Trainer } from "../trainer.ts";
import type { Evaluation, Learner } from "../training.ts";

export interface ClipConfig {
  readonly vision: ClipVisionConfig;
  readonly text: ClipTextConfig;
}

/** One picture with the texts that are true of it. */
export interface SeenExample {
  /** Pictures are compared with the texts of their own kind only. */
  readonly kind: "film" | "mask";
  /** The encoder's square, 8 bit. */
  readonly square: Square;
  /** Token ids each, the end of text last. */
  readonly texts: readonly (readonly number[])[];
}

/** Sizes of a batch's graph. */
interface ContrastShape {
  /** B. */
  readonly images: number;
  /** M: distinct texts, rounded up. */
  readonly texts: number;
  /** S: tokens of the longest text, rounded up. */
  readonly length: number;
}

/** Scores of pairs that are not compared. Finite, so that nothing times it is no number. */
const forbidden = -1e9;

interface Text {
  readonly kind: SeenExample["kind"];
  readonly ids: readonly number[];
}

/** Each text once: the same sentence of two films is right for both. */
function distinctTexts(batch: readonly SeenExample[]): ReadonlyMap<string, Text> {
  return new Map(batch.flatMap(({ kind, texts }) => texts.map((ids) => [keyOf(kind, ids), { kind, ids }] as const)));
}

function keyOf(kind: SeenExample["kind"], ids: readonly number[]): string {
  return `${kind} ${ids.join(" ")}`;
}

function shapeOf(batch: readonly SeenExample[]): ContrastShape {
  const texts = [...distinctTexts(batch).values()];
  const longest = texts.reduce((most, { ids }) => Math.max(most, ids.length), 0);
  const roundUp = (value: number, step: number) => Math.ceil(value / step) * step;
  return { images: batch.length, texts: roundUp(texts.length, 32), length: roundUp(longest, 8) };
}

/** Name of the learned logarithm of the similarities' scale, as in CLIP. */
export const logScaleName = "logit_scale";

function contrastLoss({ vision, text }: ClipConfig, { images: B, texts: M, length: S }: ContrastShape): Tensor {
  const graph = new Graph(`contrast ${B}×${M}×${S}`);
  const p = new Params(graph);
  const input = (name: string, shape: Shape) => graph.input(name, "float32", shape);
  const pixels = input("pixels", [B, 3, vision.imageSize, vision.imageSize]);
  const tokens = graph.input("tokens", "int64", [M, S]);
  const lastPlaces = graph.input("lastPlaces", "int64", [M]);
  const images = unitLength(encodeImages(p, vision, pixels)); // [B, C]
  const texts = unitLength(encodeTexts(p, text, tokens, lastPlaces)); // [M, C]
  return contrastiveLoss(images, texts, p.get(logScaleName, []), {
    textsOfImage: input("textsOfImage", [B, M]),
    imagesOfText: input("imagesOfText", [M, B]),
    bias: input("bias", [B, M]),
  });
}

/** What is right for what: every right answer of a row gets the same share, every row the same weight. */
function targetsOf(
  batch: readonly SeenExample[],
  texts: ReadonlyMap<string, Text>,
  { images: B, texts: M }: ContrastShape,
) {
  const columns = new Map([...texts.keys()].map((key, column) => [key, column]));
  const kinds = [...texts.values()].map(({ kind }) => kind);
  const textsOfImage = zerosFloat32([B, M]);
  const imagesOfText = zerosFloat32([M, B]);
  const bias = float32([B, M], new Float32Array(B * M).fill(forbidden));
  const right = batch.map(({ kind, texts }) => [...new Set(texts.map((ids) => columns.get(keyOf(kind, ids))!))]);
  const imagesPerText = new Float32Array(M);
  for (const own of right) for (const column of own) imagesPerText[column]!++;
  for (const [row, own] of right.entries()) {
    for (const column of own) {
      textsOfImage.data[row * M + column] = 1 / (own.length * batch.length);
      imagesOfText.data[column * B + row] = 1 / (imagesPerText[column]! * texts.size);
    }
    for (const [column, kind] of kinds.entries()) if (kind === batch[row]!.kind) bias.data[row * M + column] = 0;
  }
  return { textsOfImage, imagesOfText, bias };
}

function feedsOf(batch: readonly SeenExample[], side: number, pixels: Float32HostArray): Map<string, HostArray> {
  const shape = shapeOf(batch);
  const { texts: M, length: S } = shape;
  const texts = distinctTexts(batch);
  const tokens = new BigInt64Array(M * S);
  const lastPlaces = Array.from({ length: M }, (_, m) => m * S);
  for (const [m, { ids }] of [...texts.values()].entries()) {
    for (const [i, id] of ids.entries()) tokens[m * S + i] = BigInt(id);
    lastPlaces[m] = m * S + ids.length - 1;
  }
  fillPixels(
    batch.map(({ square }) => square),
    pixels,
  );
  return new Map<string, HostArray>([
    ["pixels", { ...pixels, shape: [batch.length, 3, side, side] }],
    ["tokens", int64([M, S], tokens)],
    ["lastPlaces", int64([M], lastPlaces)],
    ...Object.entries(targetsOf(batch, texts, shape)),
  ]);
}

/** Names and shapes of both towers' parameters. */
export function clipShapes(config: ClipConfig): Map<string, Shape> {
  return parameterShapes(contrastLoss(config, { images: 1, texts: 1, length: 1 }));
}

export class ContrastiveLearner implements Learner<SeenExample>, AsyncDisposable {
  readonly trainer: Trainer<readonly SeenExample[]>;

  private constructor(trainer: Trainer<readonly SeenExample[]>) {
    this.trainer = trainer;
  }

  /** @param weights of both towers under their official names */
  static async open(
    runtime: Runtime,
    config: ClipConfig,
    weights: Weights,
    optimizer: AdamWConfig,
  ): Promise<ContrastiveLearner> {
    const side = config.vision.imageSize;
    const buffers = new Map<number, Float32HostArray>();
    const bufferFor = (rows: number) => {
      const buffer = buffers.get(rows) ?? zerosFloat32([rows, 3, side, side]);
      buffers.set(rows, buffer);
      return buffer;
    };
    const trainer = await Trainer.open<readonly SeenExample[]>(runtime, {
      task: {
        parameters: clipShapes(config),
        key: (batch) => JSON.stringify(shapeOf(batch)),
        loss: (batch) => contrastLoss(config, shapeOf(batch)),
        feeds: (batch) => feedsOf(batch, side, bufferFor(batch.length)),
      },
      optimizer,
      weights,
      isTrainable: () => true,
    });
    return new ContrastiveLearner(trainer);
  }

  get stepsDone(): number {
    return this.trainer.stepsDone;
  }

  step(batch: readonly SeenExample[], learningRate: number): Promise<number> {
    return this.trainer.step(batch, learningRate);
  }

  /** The mean of whole batches: the loss of a pair depends on what else is in its batch. A rest is left out. */
  async evaluate(examples: readonly SeenExample[], batchSize: number): Promise<Evaluation> {
    const size = Math.min(batchSize, examples.length);
    let sum = 0;
    let batches = 0;
    for (let start = 0; start + size <= examples.length; start += size, batches++) {
      sum += await this.trainer.loss(examples.slice(start, start + size));
    }
    return { loss: sum / batches, targets: batches * size };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.trainer[Symbol.asyncDispose]();
  }
}
