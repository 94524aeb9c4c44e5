/**
 * Model folders in Hugging Face's layout (DESIGN.md §3): `config.json`, the weights under the official tensor names in
 * `model.safetensors` or another file of `weightsNames`, and whatever else the model needs. What a configuration means
 * is `models`' business.
 */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { formatShape, type Shape, sameShape } from "../../base/arrays.ts";
import { DataError, ModelError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import { writeFileAtomic } from "../../base/node/files.ts";
import { sha256, sha256OfFile } from "../../base/node/hash.ts";
import { readJsonObject } from "../../base/node/json.ts";
import type { PlannedTensor } from "../safetensors.ts";
import type { StoredTensor, Weights } from "../weights.ts";
import { writePlannedTensors } from "./safetensors.ts";
import { readTensors } from "./weights-file.ts";
import { findWeights, hashWeightsFiles, openWeights, weightsNames } from "./weights-files.ts";

const configName = "config.json";
const weightsName = "model.safetensors";

/** A weights file whose header has been read. */
export interface StoredWeights {
  /** The weights file, or the index of several. */
  readonly weightsPath: string;
  /** The tensors of the weights. */
  readonly entries: ReadonlyMap<string, StoredTensor>;
}

/** A model folder whose configuration and weights header have been read. */
export interface ModelFolder extends StoredWeights {
  readonly dir: string;
  readonly configPath: string;
  /** `config.json` as it stands there. */
  readonly config: JsonObject;
}

/**
 * @throws ModelError when the folder, its configuration or its weights are missing
 * @throws DataError when a file is damaged
 */
export async function openModelFolder(dir: string): Promise<ModelFolder> {
  if (!(await isFolder(dir))) {
    throw new ModelError("The model folder does not exist.", {
      where: dir,
      remedy: "Give a folder in Hugging Face's layout, or make one with `regionformer models random`.",
    });
  }
  const configPath = join(dir, configName);
  const config = await readJsonObject(configPath);
  if (config === undefined) {
    throw new ModelError(`The model folder has no ${configName}.`, {
      where: dir,
      remedy: `Put the model's ${configName} there, or choose another folder.`,
    });
  }
  const weightsPath = await findWeights(dir);
  if (weightsPath === undefined) {
    throw new ModelError(`The model folder has no ${weightsName}.`, {
      where: dir,
      expected: `one of ${weightsNames.join(", ")}`,
      remedy: `Put the model's ${weightsName} there.`,
    });
  }
  await using file = await openWeights(weightsPath);
  return { dir, configPath, config, weightsPath, entries: file.entries };
}

/**
 * @throws ModelError listing the first parameters that the weights file lacks or has in another shape
 */
export function checkShapes(
  { entries, weightsPath }: StoredWeights,
  shapes: ReadonlyMap<string, Shape>,
  stored: (name: string) => string,
): void {
  const problems = [...shapes].flatMap(([name, shape]) => {
    const found = entries.get(stored(name))?.shape;
    if (found === undefined) return [`"${stored(name)}" is missing`];
    return sameShape(found, shape)
      ? []
      : [`"${stored(name)}" is ${formatShape(found)} instead of ${formatShape(shape)}`];
  });
  if (problems.length === 0) return;
  const shown = problems.slice(0, 3).join("; ");
  const rest = problems.length > 3 ? `; and ${problems.length - 3} more` : "";
  throw new ModelError("The weights do not fit the model's configuration.", {
    where: weightsPath,
    expected: `${shapes.size} tensors of the configured shapes`,
    found: shown + rest,
    remedy: "Use configuration and weights of the same model.",
  });
}

/**
 * Exactly these weights, each checked against the shape that the configuration gives it. Other tensors of the file
 * are left alone.
 * @param stored how the file calls a parameter, where that differs from the name wanted
 * @throws ModelError as `checkShapes`, or when a tensor's type cannot be read
 */
export async function readWeights(
  found: StoredWeights,
  shapes: ReadonlyMap<string, Shape>,
  stored: (name: string) => string = (name) => name,
): Promise<Weights> {
  checkShapes(found, shapes, stored);
  await using file = await openWeights(found.weightsPath);
  const names = [...shapes.keys()];
  const arrays = await readTensors(file, names.map(stored));
  return new Map(names.map((name, i) => [name, arrays[i]!]));
}

/** What identifies a model in stores and logs: SHA-256 of its configuration and its weights, 64 hex digits. */
export async function hashModelFolder(folder: ModelFolder): Promise<string> {
  return sha256(await sha256OfFile(folder.configPath), await hashWeightsFiles(folder.weightsPath));
}

/**
 * Writes a model folder: the JSON files, then the weights, tensor by tensor. A folder that was left half-written has
 * no weights file and is refused when it is opened.
 * @param files JSON objects by file name; the configuration must be among them
 * @param weightsFile name of the safetensors file
 * @throws DataError when there is a model already, or the folder cannot be written
 */
export async function writeModelFolder(
  dir: string,
  files: Readonly<Record<string, JsonObject>>,
  tensors: Iterable<PlannedTensor>,
  weightsFile: string = weightsName,
): Promise<void> {
  const weightsPath = join(dir, weightsFile);
  if (await exists(weightsPath)) {
    throw new DataError("The folder holds a model already.", {
      where: weightsPath,
      remedy: "Choose another folder, or remove that model first.",
    });
  }
  for (const [name, json] of Object.entries(files)) {
    await writeFileAtomic(join(dir, name), `${JSON.stringify(json, null, 2)}\n`);
  }
  await writePlannedTensors(weightsPath, tensors, { format: "pt" });
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
