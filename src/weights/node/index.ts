/** Weights on disk: safetensors and PyTorch files, pickles, model folders in Hugging Face's layout and from its hub, hashes. */
export { hashWeights } from "./hash.ts";
export { type PulledModel, type PullOptions, pullModel } from "./hub/pull.ts";
export { type HubSettings, hubSettings } from "./hub/settings.ts";
export {
  checkShapes,
  hashModelFolder,
  type ModelFolder,
  openModelFolder,
  readWeights,
  type StoredWeights,
  writeModelFolder,
} from "./model-folder.ts";
export { readPickleFile } from "./pickle-file.ts";
export { PyTorchFile } from "./pytorch-file.ts";
export {
  readSafetensors,
  SafetensorsFile,
  writePlannedTensors,
  writeSafetensors,
} from "./safetensors.ts";
export { unpackTarGz } from "./tar-gz.ts";
export type { WeightsFile } from "./weights-file.ts";
export { findWeights, hashWeightsFiles, openWeights, weightsNames } from "./weights-files.ts";
