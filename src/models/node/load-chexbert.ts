import { join } from "node:path";
import { ModelError } from "../../base/errors.ts";
import { readJsonObject } from "../../base/node/json.ts";
import type { Weights } from "../../weights/index.ts";
import { findWeights, openWeights, readWeights, weightsNames } from "../../weights/node/index.ts";
import { type BertConfig, inferBertConfig, parseBertConfig } from "../bert/index.ts";
import { chexbertShapes } from "../chexbert/index.ts";

export interface ChexbertModel {
  /** Of its encoder. */
  readonly config: BertConfig;
  /** `bert.*` and `linear_heads.*`. */
  readonly weights: Weights;
}

const files = ["chexbert.pth", ...weightsNames];
const landmark = "linear_heads.0.weight";

/**
 * Reads the published checkpoint, or the same weights as safetensors. A `config.json` beside them is read where there is
 * one; the published file has none, and its sizes are seen in its tensors.
 * @throws ModelError when the folder has no such file, or it is one of another model
 * @throws DataError when a file is damaged
 */
export async function loadChexbert(dir: string): Promise<ChexbertModel> {
  const weightsPath = await findWeights(dir, files);
  if (weightsPath === undefined) {
    throw new ModelError("The folder holds no CheXbert.", {
      where: dir,
      expected: `one of ${files.join(", ")}`,
      remedy: "Put chexbert.pth of StanfordAIMI/RRG_scorers there.",
    });
  }
  await using file = await openWeights(weightsPath);
  const { entries } = file;
  const prefix = [...entries.keys()].find((name) => name.endsWith(landmark))?.slice(0, -landmark.length);
  if (prefix === undefined) {
    throw new ModelError("The weights are those of another model than CheXbert.", {
      where: weightsPath,
      expected: "14 heads, linear_heads.0 to linear_heads.13",
      found: `${entries.size} tensors, none of a head`,
      remedy: "Give the folder with chexbert.pth of StanfordAIMI/RRG_scorers.",
    });
  }
  const stored = storedName(prefix, entries);
  const configPath = join(dir, "config.json");
  const json = await readJsonObject(configPath);
  const config =
    json === undefined
      ? inferBertConfig((name) => entries.get(stored(`bert.${name}`))?.shape, weightsPath)
      : parseBertConfig(json, configPath);
  return { config, weights: await readWeights({ weightsPath, entries }, chexbertShapes(config), stored) };
}

/** The published file was saved from a parallel model, which puts `module.` in front; trainers wrap it once more. */
function storedName(prefix: string, entries: { has(name: string): boolean }): (name: string) => string {
  const inside = (name: string) => `${prefix}${name}`;
  return (name) => (entries.has(inside(name)) ? inside(name) : inside(name.replace(/^bert\./, "bert.module.")));
}
