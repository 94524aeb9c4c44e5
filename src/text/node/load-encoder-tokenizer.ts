import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DataError, ModelError } from "../../base/errors.ts";
import { fileErrorCode } from "../../base/node/files.ts";
import { readJsonObject } from "../../base/node/json.ts";
import { createEncoderTokenizer, type EncoderTokenizer } from "../encoder-tokenizer.ts";
import { wordPieceDefinition } from "../wordpiece-definition.ts";

/**
 * The tokenizer of an encoder's folder: its `tokenizer.json`, or the one that its `vocab.txt` means.
 * @param vocabularySize the encoder's; a tokenizer with more ids belongs to another one
 * @param remedy where the right files are
 * @throws ModelError when there is none, it cannot be used, or it does not fit
 * @throws DataError when a file is damaged
 */
export async function loadEncoderTokenizer(
  dir: string,
  vocabularySize: number,
  remedy = "Copy the encoder's tokenizer files there.",
): Promise<EncoderTokenizer> {
  const config = (await readJsonObject(join(dir, "tokenizer_config.json"))) ?? {};
  const { definition, path } = await readDefinition(dir, config, remedy);
  const tokenizer = createEncoderTokenizer(definition, config, path);
  if (tokenizer.vocabularySize > vocabularySize) {
    throw new ModelError("The tokenizer does not fit the model.", {
      where: path,
      expected: `at most ${vocabularySize} tokens, the model's vocabulary`,
      found: `${tokenizer.vocabularySize} tokens`,
      remedy,
    });
  }
  return tokenizer;
}

async function readDefinition(
  dir: string,
  config: object,
  remedy: string,
): Promise<{ readonly definition: object; readonly path: string }> {
  const path = join(dir, "tokenizer.json");
  const definition = await readJsonObject(path);
  if (definition !== undefined) return { definition, path };
  const listPath = join(dir, "vocab.txt");
  const list = await readIfThere(listPath);
  if (list !== undefined) return { definition: wordPieceDefinition(list, config, listPath), path: listPath };
  throw new ModelError("The folder has no tokenizer.", {
    where: dir,
    expected: "tokenizer.json, or BERT's vocab.txt",
    remedy,
  });
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === "ENOENT") return undefined;
    if (code === undefined) throw error;
    throw new DataError("The vocabulary cannot be read.", { where: path, found: code }, { cause: error });
  }
}
