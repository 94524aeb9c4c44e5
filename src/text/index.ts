/**
 * Text: tokenizers of decoders and encoders, and string functions that follow Python's to the letter.
 *
 * Files are read in `node/`. What a metric does with words is `metrics`' business.
 */
export { byteLevelTokenizerFiles, endOfText } from "./byte-level.ts";
export { captionLimit } from "./caption-limit.ts";
export { createEncoderTokenizer, type EncoderTokenizer, withEnds } from "./encoder-tokenizer.ts";
export { pythonSplit, pythonStrip } from "./python-strings.ts";
export { createTokenizer, type Tokenizer, tokenizerVersion } from "./tokenizer.ts";
export { trainByteLevelBpe } from "./train-bpe.ts";
export { wordPieceDefinition } from "./wordpiece-definition.ts";
