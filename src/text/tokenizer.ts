/** Tokenizers as text sees them: sentences to token ids and back. */
import { Tokenizer as HubTokenizer } from "@huggingface/tokenizers";
import { ModelError } from "../base/errors.ts";

/** A decoder's vocabulary: token ids are 0 … vocabularySize - 1. */
export interface Tokenizer {
  readonly vocabularySize: number;
  /** Token ids of a text as it stands: no special tokens, no space in front. */
  encode(text: string): number[];
  /**
   * The text of token ids, with Hugging Face's clean-up of spaces (REFERENCE §4), not stripped. Bytes that are no
   * UTF-8 become U+FFFD.
   * @throws ModelError for an id outside the vocabulary
   */
  decode(ids: readonly number[]): string;
}

