/**
 * Named arrays of a model, and the formats they are stored in: safetensors, PyTorch's files, pickles of plain data.
 *
 * Files and model folders are read and written in `node/`; everything here runs in a browser too. Which tensors a
 * model has, and what its configuration means, is `models`' business.
 */
export { ArrayView, materialise } from "./array-view.ts";
export { bytesPerElement, type FloatStorage, floatStorages } from "./dtypes.ts";
export type { PickleKey, PickleValue } from "./pickle/values.ts";
export { drawWeights, randomValues, type Spread } from "./random.ts";
export { type PlannedTensor, parseSafetensors, planTensors, type TensorEntry } from "./safetensors.ts";
export type { StoredTensor, Weights } from "./weights.ts";
