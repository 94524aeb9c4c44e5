/** Models on disk: encoders of images and texts, decoders and checkpoints, read and checked as a whole. */
export {
  type Checkpoint,
  type CheckpointNotes,
  readCheckpoint,
  readCheckpointHeader,
  writeCheckpoint,
} from "./checkpoint.ts";
export { type EmbeddedName, embeddedNames, isEmbedded, locateModel } from "./embedded.ts";
export { type ExportedFile, type ExportShape, exportOnnx } from "./export-onnx.ts";
export { licenceOf } from "./licence.ts";
export { type BertModel, loadBert } from "./load-bert.ts";
export { type CaptionerModel, loadCaptioner } from "./load-captioner.ts";
export { type ChexbertModel, loadChexbert } from "./load-chexbert.ts";
export { type DecoderModel, loadDecoder } from "./load-decoder.ts";
export { type EncoderModel, isHuggingFaceFolder, loadEncoder } from "./load-encoder.ts";
export { loadRadgraph, type RadgraphModel, type RadgraphPlaces } from "./load-radgraph.ts";
export { identifyModel } from "./model-identity.ts";
export { type ReferenceCheckpointOptions, readReferenceCheckpoint } from "./reference-checkpoint.ts";
export { rememberedPlace } from "./remembered-place.ts";
