/** The weights of a model folder: one file, or several with an index (shards), of safetensors or of PyTorch. */
import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { DataError } from "../../base/errors.ts";
import { sha256, sha256OfFile } from "../../base/node/hash.ts";
import { readJsonObject } from "../../base/node/json.ts";
import type { StoredTensor } from "../weights.ts";
import { PyTorchFile } from "./pytorch-file.ts";
import { SafetensorsFile } from "./safetensors.ts";
import { noSuchTensor, type WeightsFile } from "./weights-file.ts";

/** The names that weights have in Hugging Face's folders; the first that is there is taken. */
export const weightsNames = [
  "model.safetensors",
  "model.safetensors.index.json",
  "pytorch_model.bin",
  "pytorch_model.bin.index.json",
] as const;

const indexSuffix = ".index.json";
const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/** The first of these files that a folder has. */
export async function findWeights(dir: string, names: readonly string[] = weightsNames): Promise<string | undefined> {
  for (const name of names) {
    const path = join(dir, name);
    if ((await stat(path).catch(() => undefined)) !== undefined) return path;
  }
  return undefined;
}

/**
 * Opens weights of any kind that is read.
 * @param path a safetensors file, a PyTorch file, or an index of several
 * @throws DataError when a file is missing or damaged, or an index does not fit its files
 */
export async function openWeights(path: string): Promise<WeightsFile> {
  if (path.endsWith(indexSuffix)) return ShardedWeights.open(path);
  return path.endsWith(".safetensors") ? SafetensorsFile.open(path) : PyTorchFile.open(path);
}

/** SHA-256 over the file, or over an index and its files in the order of their names. */
export async function hashWeightsFiles(path: string): Promise<string> {
  if (!path.endsWith(indexSuffix)) return sha256OfFile(path);
  const hashes = [await sha256OfFile(path)];
  for (const part of partsOf(await readIndex(path), path)) hashes.push(await sha256OfFile(part));
  return sha256(...hashes);
}

async function readIndex(path: string): Promise<Readonly<Record<string, string>>> {
  const index = indexSchema.safeParse(await readJsonObject(path));
  const names = index.success ? Object.values(index.data.weight_map) : [];
  // A file beside the index and nowhere else, whatever the index says.
  if (index.success && names.every((name) => name === basename(name) && !/[\\/]|^\.+$/.test(name) && name !== "")) {
    return index.data.weight_map;
  }
  throw new DataError("The index of the weights is damaged.", {
    where: path,
    expected: '"weight_map" with the name of a file beside it for every tensor',
    found: index.success ? "another place" : z.prettifyError(index.error),
  });
}

function partsOf(weightMap: Readonly<Record<string, string>>, path: string): string[] {
  return [...new Set(Object.values(weightMap))].sort().map((name) => join(dirname(path), name));
}

/** Several files as one. */
class ShardedWeights implements WeightsFile {
  readonly path: string;
  readonly entries: ReadonlyMap<string, StoredTensor>;
  readonly #home: ReadonlyMap<string, WeightsFile>;
  readonly #files: readonly WeightsFile[];

  private constructor(path: string, files: readonly WeightsFile[], home: ReadonlyMap<string, WeightsFile>) {
    this.path = path;
    this.#files = files;
    this.#home = home;
    this.entries = new Map([...home].map(([name, file]) => [name, file.entries.get(name)!]));
  }

  static async open(path: string): Promise<ShardedWeights> {
    const weightMap = await readIndex(path);
    const files = new Map<string, WeightsFile>();
    try {
      for (const part of partsOf(weightMap, path)) files.set(basename(part), await openWeights(part));
      const home = new Map<string, WeightsFile>();
      for (const [name, part] of Object.entries(weightMap)) {
        const file = files.get(part)!;
        if (!file.entries.has(name)) {
          throw new DataError("The index of the weights does not fit its files.", {
            where: `${file.path}, tensor "${name}"`,
            expected: "the tensor that the index puts here",
            found: "none of that name",
          });
        }
        home.set(name, file);
      }
      return new ShardedWeights(path, [...files.values()], home);
    } catch (error) {
      await closeAll(files.values());
      throw error;
    }
  }

  async read(name: string) {
    const file = this.#home.get(name);
    if (file === undefined) throw noSuchTensor(this, name);
    return file.read(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await closeAll(this.#files);
  }
}

async function closeAll(files: Iterable<WeightsFile>): Promise<void> {
  for (const file of files) await file[Symbol.asyncDispose]();
}
