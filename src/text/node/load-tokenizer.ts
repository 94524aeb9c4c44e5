import { join } from "node:path";
import { ModelError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import { readJsonObject } from "../../base/node/json.ts";
import { createTokenizer, type Tokenizer, tokenizerVersion } from "../tokenizer.ts";

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
  checkVersion(config, dir);
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

/** @throws ModelError for a tokenizer of ours that another version of the program learned */
function checkVersion({ regionformer_tokenizer: version }: JsonObject, dir: string): void {
  if (version === undefined || version === tokenizerVersion) return;
  throw new ModelError("The tokenizer was learned by another version of the program.", {
    where: dir,
    expected: `version ${tokenizerVersion}`,
    found: `version ${version}`,
    remedy: "Use the program's version that came with this model, or train it again.",
  });
}
