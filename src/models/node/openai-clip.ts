/** CLIP image encoders under OpenAI's names, on disk: a `.pt` file as OpenAI published it, or a folder of open_clip. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { HostArray, Shape } from "../../base/arrays.ts";
import { formatShape, sameShape } from "../../base/arrays.ts";
import { ModelError } from "../../base/errors.ts";
import { readJsonObject } from "../../base/node/json.ts";
import type { Weights } from "../../weights/index.ts";
import { findWeights, openWeights, type WeightsFile, weightsNames } from "../../weights/node/index.ts";
import {
  configOfOpenAiNames,
  type EncoderConfig,
  encoderShapes,
  type OpenAiSource,
  openAiSource,
} from "../clip/index.ts";

/** What open_clip calls the weights of a folder. */
export const openClipNames = ["open_clip_model.safetensors", "open_clip_pytorch_model.bin"];

/** Whether there is a model in this layout: a file by itself, a folder of open_clip, or one with a `.pt` file alone. */
export async function isOpenAiClip(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) return found?.isFile() === true;
  if ((await findWeights(path, openClipNames)) !== undefined) return true;
  const entries = await readdir(path);
  return !entries.includes("config.json") && entries.some((name) => name.endsWith(".pt"));
}

/**
 * The weights file of such a model.
 * @param path a file, or a folder with open_clip's or Hugging Face's names, or with one `.pt` file
 * @throws ModelError when there is none
 */
export async function findOpenAiClip(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return path;
  const entries = found?.isDirectory() ? await readdir(path) : [];
  const [checkpoint, ...more] = entries.filter((name) => name.endsWith(".pt"));
  const named = found === undefined ? undefined : await findWeights(path, [...openClipNames, ...weightsNames]);
  if (named !== undefined) return named;
  if (checkpoint !== undefined && more.length === 0) return join(path, checkpoint);
  throw new ModelError("No image encoder was found.", {
    where: path,
    expected: `a folder with config.json and ${weightsNames[0]}, one with ${openClipNames.join(" or ")}, or a .pt file`,
    found: found === undefined ? "nothing" : `${entries.length} other files`,
    remedy: "Get one with `regionformer models pull`, or make one with `regionformer models random`.",
  });
}

/**
 * @param path the weights file
 * @throws ModelError when it is no CLIP, or one with another activation
 */
export async function readOpenAiClip(path: string): Promise<{ config: EncoderConfig; weights: Weights }> {
  await checkActivation(path);
  await using file = await openWeights(path);
  const config = configOfOpenAiNames(file.entries, path);
  const weights = new Map<string, HostArray>();
  for (const [name, shape] of encoderShapes(config)) {
    const source = config.kind === "vit" ? openAiSource(name, shape) : { name, shape, convert: (a: HostArray) => a };
    weights.set(name, await readSource(file, source));
  }
  return { config, weights };
}

async function readSource(file: WeightsFile, { name, shape, convert }: OpenAiSource): Promise<HostArray> {
  const found: Shape | undefined = file.entries.get(name)?.shape;
  const stored = await file.read(name);
  if (found !== undefined && sameShape(found, shape) && stored.dtype === "float32") return convert(stored);
  throw new ModelError("A tensor of the image encoder has an unusual shape or type.", {
    where: `${file.path}, tensor "${name}"`,
    expected: `float ${formatShape(shape)}`,
    found: `${stored.dtype} ${formatShape(stored.shape)}`,
  });
}

/** open_clip trains models of these names with another GELU too; its configuration says which. */
async function checkActivation(path: string): Promise<void> {
  const configPath = join(path, "..", "open_clip_config.json");
  const config = await readJsonObject(configPath);
  if (config === undefined) return;
  const { quick_gelu: quick, vision_cfg: vision } = (config.model_cfg ?? {}) as Record<string, unknown>;
  const isResNet = Array.isArray((vision as Record<string, unknown> | undefined)?.layers);
  if (quick === true || isResNet) return;
  throw new ModelError("The image encoder has an activation that is not supported.", {
    where: `${configPath}, key "model_cfg.quick_gelu"`,
    expected: "true, as in the models that OpenAI trained",
    found: String(quick),
  });
}
