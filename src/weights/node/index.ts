/** Weights on disk: safetensors files, model folders in Hugging Face's layout, content hashes. */
export { hashWeights } from "./hash.ts";
export {
  checkShapes,
  hashModelFolder,
  type ModelFolder,
  openModelFolder,
  readWeights,
  writeModelFolder,
} from "./model-folder.ts";
export {
  readSafetensors,
  SafetensorsFile,
  writePlannedTensors,
  writeSafetensors,
} from "./safetensors.ts";
