import { join } from "node:path";
import { ModelError } from "../../base/errors.ts";
import { readJsonObject } from "../../base/node/json.ts";
import { createTokenizer, type Tokenizer } from "../tokenizer.ts";

/**
 * The tokenizer of a model folder.
 * @param vocabularySize the model's; a tokenizer with more ids belongs to another one
 * @throws ModelError when there is none, it cannot be used, or it does not fit
 * @throws DataError when a file is damaged
 */
export async function loadTokenizer(dir: string, vocabularySize: number): Promise<Tokenizer> {
  const path = join(dir, "tokenizer.json");
  const definition = await readJsonObject(path);
  if (definition === undefined) {
    throw new ModelError("The model folder has no tokenizer.json.", {
      where: dir,
      remedy: "Copy the file of the original model there.",
    });
  }
  const config = (await readJsonObject(join(dir, "tokenizer_config.json"))) ?? {};
  const tokenizer = createTokenizer(definition, config, path);
  if (tokenizer.vocabularySize > vocabularySize) {
    throw new ModelError("The tokenizer does not fit the model.", {
      where: path,
      expected: `at most ${vocabularySize} tokens, the model's vocabulary`,
      found: `${tokenizer.vocabularySize} tokens`,
      remedy: "Use the tokenizer that belongs to the model.",
    });
  }
  return tokenizer;
}
