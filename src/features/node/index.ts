/** Encoding data sets on Node: reading films in worker threads, the features file. */
export {
  type EncodeOutcome,
  encodeDataset,
  interruptedEncoding,
  type Saving,
  type UnreadFilm,
} from "./encode-dataset.ts";
export { checkEncoder, encoderOfCheckpoint, readFeatures, writeFeatures } from "./features-file.ts";
