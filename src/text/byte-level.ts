/** GPT-2's byte-level BPE: how bytes are written as characters, and the files that describe a tokenizer of this kind. */

/** GPT-2's split into words before merging, with white space as Unicode defines it. */
export const wordPattern = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

export const endOfText = "<|endoftext|>";

/** Bytes in the order of GPT-2's first 256 ids: printable ones first, as themselves; then the others, as U+0100 and on. */
const bytesInOrder: readonly number[] = (() => {
  const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const printable = [...range(0x21, 0x7e), ...range(0xa1, 0xac), ...range(0xae, 0xff)];
  return [...printable, ...range(0, 0xff).filter((byte) => !printable.includes(byte))];
})();

const printableCount = 188;

/** The characters that stand for the bytes, in the order of GPT-2's first 256 ids. */
export const byteCharacters: readonly string[] = bytesInOrder.map((byte, id) =>
  String.fromCodePoint(id < printableCount ? byte : 0x100 + id - printableCount),
);

const characterOfByte = new Map(bytesInOrder.map((byte, id) => [byte, byteCharacters[id]!]));

/** A text's UTF-8 bytes as the characters that stand for them. */
export function bytesAsCharacters(text: string): string {
  return [...new TextEncoder().encode(text)].map((byte) => characterOfByte.get(byte)!).join("");
}

/** A vocabulary with its merges, best first; each merge is two tokens with a space between. */
export interface ByteLevelBpe {
  readonly vocabulary: Readonly<Record<string, number>>;
  readonly merges: readonly string[];
}

/** The JSON files of a byte-level BPE tokenizer in Hugging Face's format, by name. */
export function byteLevelTokenizerFiles({ vocabulary, merges }: ByteLevelBpe) {
  return {
    "tokenizer.json": {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: [
        {
          id: vocabulary[endOfText],
          content: endOfText,
          single_word: false,
          lstrip: false,
          rstrip: false,
          normalized: false,
          special: true,
        },
      ],
      normalizer: null,
      pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
      post_processor: { type: "ByteLevel", add_prefix_space: true, trim_offsets: false, use_regex: true },
      decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
      model: {
        type: "BPE",
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: "",
        end_of_word_suffix: "",
        fuse_unk: false,
        vocab: vocabulary,
        merges,
      },
    },
    "tokenizer_config.json": {
      tokenizer_class: "GPT2Tokenizer",
      add_prefix_space: false,
      bos_token: endOfText,
      eos_token: endOfText,
      unk_token: endOfText,
      clean_up_tokenization_spaces: true,
    },
  } as const;
}
