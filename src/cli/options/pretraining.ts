/** Options of the commands that train a model from scratch. */
import { z } from "zod";
import { DataError } from "../../base/errors.ts";
import type { Dataset, SplitName } from "../../data/index.ts";
import type { PretrainData } from "../../train/pretrain/node/index.ts";

const count = z.number().int().positive();

export const pretrainingOptions = {
  out: z.string().describe("Model folder to write"),
  heads: count.default(4).describe("Attention heads"),
  warmupSteps: z.number().int().nonnegative().default(100).describe("Steps until the highest learning rate"),
  weightDecay: z.number().nonnegative().default(0.01).describe("AdamW: weight decay"),
  seed: z.number().int().nonnegative().default(0).describe("Seed of first weights and order"),
};

export function optimizer({ weightDecay }: { readonly weightDecay: number }) {
  return { variant: "torch", beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay } as const;
}

/** What to learn from and what to measure on; the test split is never looked at. */
export function pretrainData<T>(dataset: Dataset, of: (split: SplitName) => readonly T[]): PretrainData<T> {
  const [train, validation] = [of("train"), of("validation")];
  if (train.length === 0 || validation.length === 0) {
    throw new DataError("Pretraining needs a train and a validation split.", {
      where: dataset.name,
      expected: "studies in both splits",
      found: `${train.length} for training, ${validation.length} for validation`,
    });
  }
  const hashes = dataset.sources.map(({ file, sha256 }) => `${file} ${sha256.slice(0, 12)}`).join(", ");
  return { train, validation, description: `${dataset.name} (${hashes})` };
}
