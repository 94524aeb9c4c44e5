/** What `regionformer models info` says about a folder. */
import { join } from "node:path";
import { sizeOf } from "../../../base/arrays.ts";
import type { JsonObject } from "../../../base/json.ts";
import { readJsonObject } from "../../../base/node/json.ts";
import { bytesPerElement } from "../../../weights/index.ts";
import { checkShapes, hashModelFolder, openModelFolder } from "../../../weights/node/index.ts";
import { architectureOf } from "../table.ts";

export interface ModelDescription {
  readonly folder: string;
  /** The hub's name of the architecture's best-known model. */
  readonly architecture: string;
  readonly modelType: string;
  /** Numbers of the model's parameters that are used here, and of the tensors that hold them. */
  readonly parameters: number;
  readonly tensors: number;
  /** Tensors of the weights file that are left alone, such as buffers and a text tower. */
  readonly otherTensors: number;
  /** Element types of the used tensors, as the file names them. */
  readonly storedAs: readonly string[];
  /** Size of the weights in bytes, as stored. */
  readonly bytes: number;
  /** SHA-256 of configuration and weights. */
  readonly hash: string;
  readonly config: Readonly<Record<string, number>>;
  /** `preprocessor_config.json`, where there is one. */
  readonly preprocessing: JsonObject | undefined;
  readonly hasTokenizer: boolean;
}

/**
 * @throws ModelError when there is no model, it is of no supported architecture, or tensors are missing
 * @throws DataError when a file is damaged
 */
export async function describeModelFolder(dir: string): Promise<ModelDescription> {
  const folder = await openModelFolder(dir);
  const architecture = architectureOf(folder.config, folder.configPath);
  const { config, shapes, storedName } = architecture.parameters(folder.config, folder.configPath);
  const stored = storedName(folder.entries);
  checkShapes(folder, shapes, stored);
  const entries = [...shapes.keys()].map((name) => folder.entries.get(stored(name))!);
  return {
    folder: dir,
    architecture: architecture.name,
    modelType: String(folder.config.model_type),
    parameters: entries.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    tensors: entries.length,
    otherTensors: folder.entries.size - entries.length,
    storedAs: [...new Set(entries.map(({ type }) => type))].sort(),
    bytes: entries.reduce((sum, { type, shape }) => sum + sizeOf(shape) * bytesPerElement[type]!, 0),
    hash: await hashModelFolder(folder),
    config,
    preprocessing: await readJsonObject(join(dir, "preprocessor_config.json")),
    hasTokenizer: (await readJsonObject(join(dir, "tokenizer.json"))) !== undefined,
  };
}
