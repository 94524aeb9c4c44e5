/** Models on disk: encoders, decoders and checkpoints, read and checked as a whole. */
export { type Checkpoint, type CheckpointNotes, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
export { type EmbeddedName, embeddedNames, isEmbedded, locateModel } from "./embedded.ts";
export { licenceOf } from "./licence.ts";
export { type CaptionerModel, loadCaptioner } from "./load-captioner.ts";
export { type DecoderModel, loadDecoder } from "./load-decoder.ts";
export { type EncoderModel, loadEncoder } from "./load-encoder.ts";
