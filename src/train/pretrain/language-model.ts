/** Learning a language model: GPT-2 on sentences alone, packed into blocks. */
import { float32, int64 } from "../../base/arrays.ts";
import { Random } from "../../base/random.ts";
import { Graph, ops, type Tensor } from "../../graph/index.ts";
import { decode, embedTokens, type Gpt2Config, gpt2Shapes, outputLogits } from "../../models/gpt2/index.ts";
import { type AdamWConfig, Params, tokenCrossEntropy } from "../../nn/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import type { Weights } from "../../weights/index.ts";
import { Trainer } from "../trainer.ts";
import type { Evaluation, Learner } from "../training.ts";

/** Token ids, one more than the positions that are read: each predicts the next. */
export type TokenBlock = readonly number[];

/**
 * Sentences in random order, each followed by the end of text, cut into blocks. A sentence may start in one block and
 * end in the next, so that every position learns every part of a sentence. What does not fill a block is dropped.
 * @param sentences token ids each
 */
export function packBlocks(
  sentences: readonly (readonly number[])[],
  endOfText: number,
  length: number,
  seed: number,
): TokenBlock[] {
  const stream = Random.named(seed, "pack")
    .shuffled(sentences)
    .flatMap((ids) => [...ids, endOfText]);
  const count = Math.max(0, Math.floor((stream.length - 1) / length));
  return Array.from({ length: count }, (_, i) => stream.slice(i * length, (i + 1) * length + 1));
}

function languageLoss(config: Gpt2Config, rows: number, length: number): Tensor {
  const graph = new Graph(`language-loss ${rows}×${length}`);
  const p = new Params(graph);
  const tokens = graph.input("tokens", "int64", [rows, length]);
  const targets = graph.input("targets", "int64", [rows * length]);
  const hidden = decode(p, config, embedTokens(p, config, tokens)); // [B, S, E]
  const logits = outputLogits(p, config, ops.reshape(hidden, [rows * length, config.width]));
  const each = graph.constant(float32([rows * length], new Float32Array(rows * length).fill(1 / (rows * length))));
  return tokenCrossEntropy(logits, targets, each);
}

export class LanguageLearner implements Learner<TokenBlock>, AsyncDisposable {
  readonly trainer: Trainer<readonly TokenBlock[]>;

  private constructor(trainer: Trainer<readonly TokenBlock[]>) {
    this.trainer = trainer;
  }

  /** @param weights under the hub's names, without `transformer.` in front */
  static async open(
    runtime: Runtime,
    config: Gpt2Config,
    weights: Weights,
    optimizer: AdamWConfig,
  ): Promise<LanguageLearner> {
    const trainer = await Trainer.open<readonly TokenBlock[]>(runtime, {
      task: {
        parameters: gpt2Shapes(config),
        key: (blocks) => `${blocks.length}×${blocks[0]!.length}`,
        loss: (blocks) => languageLoss(config, blocks.length, blocks[0]!.length - 1),
        feeds: (blocks) => {
          const [rows, length] = [blocks.length, blocks[0]!.length - 1];
          return new Map([
            [
              "tokens",
              int64(
                [rows, length],
                blocks.flatMap((block) => block.slice(0, -1)),
              ),
            ],
            [
              "targets",
              int64(
                [rows * length],
                blocks.flatMap((block) => block.slice(1)),
              ),
            ],
          ]);
        },
      },
      optimizer,
      weights,
      isTrainable: () => true,
    });
    return new LanguageLearner(trainer);
  }

  get stepsDone(): number {
    return this.trainer.stepsDone;
  }

  /** One update with the mean loss over the blocks' tokens. */
  step(blocks: readonly TokenBlock[], learningRate: number): Promise<number> {
    return this.trainer.step(blocks, learningRate);
  }

  async evaluate(blocks: readonly TokenBlock[], batchSize: number): Promise<Evaluation> {
    let sum = 0;
    let targets = 0;
    for (let start = 0; start < blocks.length; start += batchSize) {
      const batch = blocks.slice(start, start + batchSize);
      const tokens = batch.reduce((count, block) => count + block.length - 1, 0);
      sum += tokens * (await this.trainer.loss(batch));
      targets += tokens;
    }
    return { loss: sum / targets, targets };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.trainer[Symbol.asyncDispose]();
  }
}
