/** Tokenizers on disk: reading a model folder's, and making GPT-2's. */
export { gpt2TokenizerFiles } from "./gpt2-tokenizer.ts";
export { loadEncoderTokenizer } from "./load-encoder-tokenizer.ts";
export { loadTokenizer } from "./load-tokenizer.ts";
