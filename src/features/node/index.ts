/** Encoding data sets on Node: reading films in worker threads, the features file. */
export { type EncodeOutcome, encodeDataset, type Saving, type UnreadFilm } from "./encode-dataset.ts";
export { readFeatures, writeFeatures } from "./features-file.ts";
export { encodeInto, featuresBefore } from "./growing-features.ts";
export { type FilmSquares, readSquares, type SquareRequest } from "./read-squares.ts";
export { readReferenceCache } from "./reference-cache.ts";
