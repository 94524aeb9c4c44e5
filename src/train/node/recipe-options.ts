import type { Recipe } from "../recipe.ts";
import type { TrainRunOptions } from "./train-run.ts";

/** A recipe in the words of the training. */
export function trainRunOptions(o: Recipe): TrainRunOptions {
  return {
    input: { mode: o.mode, concatNorm: o.concatNorm },
    id0InLoss: o.id0InLoss,
    optimizer: { variant: o.adamw, beta1: o.beta1, beta2: o.beta2, epsilon: o.epsilon, weightDecay: o.weightDecay },
    mapper: {
      kind: o.mapper,
      prefixLength: o.prefixLength,
      latentLength: o.latentLength,
      layers: o.mapperLayers,
      heads: o.mapperHeads,
      mlpRatio: o.mlpRatio,
    },
    jointDecoder: o.decoder === "joint",
    decoderDropout: o.decoderDropout,
    microBatch: o.microBatch,
    epochs: o.epochs,
    batchSize: o.batchSize,
    validationBatchSize: o.validationBatchSize,
    learningRate: o.learningRate,
    warmupSteps: o.warmupSteps,
    warmupFraction: o.warmupFraction,
    seed: o.seed,
    earlyStopping: o.earlyStopping,
    checkpointType: o.checkpointType,
  };
}
