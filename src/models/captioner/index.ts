/** The captioning model: a mapper in front of a decoder. */
export { type CaptionBatch, type CaptionerConfig, captionLoss } from "./captioner.ts";
export { type CaptionerInfo, captionerInfoSchema, type ModelIdentity, modelIdentitySchema } from "./captioner-info.ts";
export { type Checkpoint, type CheckpointNotes, checkpointFormat, parseCheckpoint } from "./checkpoint.ts";
export { type PaddedSentences, sentenceLosses } from "./sentence-losses.ts";
export {
  type InputMode,
  inputModes,
  joinTensors,
  joinVectors,
  type SeenVectors,
  type VisualInput,
  visualWidth,
} from "./visual-input.ts";
