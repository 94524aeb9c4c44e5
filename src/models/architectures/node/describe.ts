/** What `regionformer models info` says about a folder. */
import { join } from "node:path";
import { sizeOf } from "../../../base/arrays.ts";
import type { JsonObject } from "../../../base/json.ts";
import { readJsonObject } from "../../../base/node/json.ts";
import { bytesPerElement } from "../../../weights/index.ts";
import {
  checkShapes,
  hashModelFolder,
  hashWeightsFiles,
  openModelFolder,
  openWeights,
  type StoredWeights,
} from "../../../weights/node/index.ts";
import { configOfOpenAiNames, openAiShapes } from "../../clip/index.ts";
import { locateModel } from "../../node/index.ts";
import { findOpenAiClip, isOpenAiClip } from "../../node/openai-clip.ts";
import { encoderSizes, openAiName } from "../openai-clip.ts";
import { architectureOf } from "../table.ts";

export interface ModelDescription {
  readonly folder: string;
  /** The hub's name of the architecture's best-known model, or OpenAI's of an image encoder. */
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
  /** SHA-256 of configuration and weights, or of the weights where these are all. */
  readonly hash: string;
  readonly config: Readonly<Record<string, number>>;
  /** `preprocessor_config.json`, where there is one. */
  readonly preprocessing: JsonObject | undefined;
  readonly hasTokenizer: boolean;
}

/**
 * @param path a folder in Hugging Face's layout or open_clip's, or a `.pt` file of OpenAI
 * @throws ModelError when there is no model, it is of no supported architecture, or tensors are missing
 * @throws DataError when a file is damaged
 */
export async function describeModelFolder(path: string): Promise<ModelDescription> {
  const place = locateModel(path);
  return (await isOpenAiClip(place)) ? describeOpenAi(place) : describeHuggingFace(place);
}

async function describeHuggingFace(dir: string): Promise<ModelDescription> {
  const folder = await openModelFolder(dir);
  const architecture = architectureOf(folder.config, folder.configPath);
  const { config, shapes, storedName } = architecture.parameters(folder.config, folder.configPath);
  const stored = storedName(folder.entries);
  checkShapes(folder, shapes, stored);
  return {
    folder: dir,
    architecture: architecture.name,
    modelType: String(folder.config.model_type),
    ...describeWeights(folder, [...shapes.keys()].map(stored)),
    hash: await hashModelFolder(folder),
    config,
    preprocessing: await readJsonObject(join(dir, "preprocessor_config.json")),
    hasTokenizer: (await readJsonObject(join(dir, "tokenizer.json"))) !== undefined,
  };
}

async function describeOpenAi(path: string): Promise<ModelDescription> {
  const weightsPath = await findOpenAiClip(path);
  await using file = await openWeights(weightsPath);
  const config = configOfOpenAiNames(file.entries, weightsPath);
  const shapes = openAiShapes(config);
  const stored = { weightsPath, entries: file.entries };
  checkShapes(stored, shapes, (name) => name);
  return {
    folder: path,
    architecture: openAiName(config),
    modelType: "CLIP under OpenAI's names",
    ...describeWeights(stored, [...shapes.keys()]),
    hash: await hashWeightsFiles(weightsPath),
    config: encoderSizes(config),
    preprocessing: undefined,
    hasTokenizer: false,
  };
}

/** What the tensors of these names are, of all that the weights hold. */
function describeWeights({ entries: all }: StoredWeights, names: readonly string[]) {
  const entries = names.map((name) => all.get(name)!);
  return {
    parameters: entries.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    tensors: entries.length,
    otherTensors: all.size - entries.length,
    storedAs: [...new Set(entries.map(({ type }) => type))].sort(),
    bytes: entries.reduce((sum, { type, shape }) => sum + sizeOf(shape) * bytesPerElement[type]!, 0),
  };
}
