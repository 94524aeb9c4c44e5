/** GPT-2, the decoder. */
export { type Gpt2Config, parseGpt2Config } from "./config.ts";
export { cacheNames, type DecodingShape, newPrefix, promptGraph, stepGraph } from "./decoding-graphs.ts";
export { decode, decoderPrefix, embedTokens, outputLogits } from "./forward.ts";
export { declareLayout, decodePacked, type PackedLayout } from "./packed.ts";
export { type PackedSequence, type PackedSizes, type Packing, packedAxes, packSequences } from "./packing.ts";
export { gpt2Shapes, gpt2Spread, gpt2StoredName } from "./parameters.ts";
