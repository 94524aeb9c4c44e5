/**
 * Named arrays of a model, and the safetensors format they are stored in.
 *
 * Files and model folders are read and written in `node/`; everything here runs in a browser too. Which tensors a
 * model has, and what its configuration means, is `models`' business.
 */

export { type FloatStorage, floatStorages } from "./dtypes.ts";
export { drawWeights, randomValues, type Spread } from "./random.ts";
export { type PlannedTensor, parseSafetensors, planTensors, type TensorEntry } from "./safetensors.ts";
export type { Weights } from "./weights.ts";
