/**
 * Embeddings of films and masks, each distinct one once, and how a row finds its own.
 *
 * Not here: reading and fitting pixels (images), the encoder network (models).
 */
export { type CachedRow, featuresOfCache } from "./cached-features.ts";
export { type Encoder, fillPixels, openEncoder, type Square } from "./encoder.ts";
export { checkEncoder, checkFeatures, encoderOfCheckpoint, identifyEncoder } from "./encoder-identity.ts";
export {
  blackMaskKey,
  type CachedFilm,
  type EncoderIdentity,
  type Features,
  type FilmEntry,
  type FilmView,
  filmViews,
  imageKey,
  maskKey,
  preprocessingVersion,
  type ReadFilm,
  vectorsOf,
} from "./features.ts";
export { type UnusableReason, type UsableRows, usableRows } from "./usable-rows.ts";
export { visualVector } from "./visual.ts";
