/** Tokenizers as text sees them: sentences to token ids and back. */
import { ModelError } from "../base/errors.ts";
import { buildHubTokenizer, vocabularySizeOf } from "./hub-tokenizer.ts";

/** Changes whenever a text gets other ids from the same files; tokenizers that are learned here carry it. */
export const tokenizerVersion = "1";

/** A decoder's vocabulary: token ids are 0 … vocabularySize - 1. */
export interface Tokenizer {
  readonly vocabularySize: number;
  /**
   * Token ids of a text as it stands: no special tokens, no space in front.
   * @throws ModelError for a text that the vocabulary cannot spell
   */
  encode(text: string): number[];
  /**
   * The text of token ids, with Hugging Face's clean-up of spaces (REFERENCE §4), not stripped. Bytes that are no
   * UTF-8 become U+FFFD.
   * @throws ModelError for an id outside the vocabulary
   */
  decode(ids: readonly number[]): string;
}

/**
 * A tokenizer from the content of its files.
 * @param definition the parsed `tokenizer.json`
 * @param config the parsed `tokenizer_config.json`, `{}` where there is none
 * @param where the file, for errors
 * @throws ModelError when the definition cannot be used
 */
export function createTokenizer(definition: object, config: object, where: string): Tokenizer {
  const hub = buildHubTokenizer(definition, config, where);
  const vocabularySize = vocabularySizeOf(hub);
  return {
    vocabularySize,
    encode(text) {
      const { ids }: { readonly ids: readonly (number | undefined)[] } = hub.encode(text, {
        add_special_tokens: false,
      });
      if (!ids.includes(undefined)) return ids as number[];
      throw new ModelError("A text has a word that the tokenizer does not know, and no token stands for such words.", {
        where,
        expected: "a vocabulary of bytes, as GPT-2's, or an unk_token in tokenizer_config.json",
        found: `${ids.filter((id) => id === undefined).length} unknown of ${ids.length} tokens`,
        remedy: "Use the tokenizer that belongs to the model, and a model that knows the texts' language.",
      });
    },
    decode(ids) {
      const stranger = ids.find((id) => hub.id_to_token(id) === undefined);
      if (stranger !== undefined) {
        throw new ModelError("A token id is not in the tokenizer's vocabulary.", {
          where,
          expected: `ids from 0 to ${vocabularySize - 1}`,
          found: String(stranger),
          remedy: "Use the tokenizer that belongs to the model.",
        });
      }
      return ids.length === 0 ? "" : hub.decode([...ids], { clean_up_tokenization_spaces: true });
    },
  };
}
