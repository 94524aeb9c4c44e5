/** The models of the paper at full size with random weights, and batches with captions as long as findings are. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Random } from "../../dist/base/random.js";
import { gpt2Architecture } from "../../dist/models/architectures/gpt2.js";
import { decoderPrefix } from "../../dist/models/gpt2/index.js";
import { initialMapperWeights } from "../../dist/models/mapper/index.js";
import { drawWeights } from "../../dist/weights/index.js";
import { writeSafetensors } from "../../dist/weights/node/index.js";

export const mapper = {
  kind: "transformer",
  inputWidth: 1024,
  decoderWidth: 768,
  prefixLength: 40,
  latentLength: 40,
  layers: 8,
  heads: 8,
  mlpRatio: 2,
};

/** GPT-2 small's configuration and weights, under their names in a captioning model. */
export function gpt2Small() {
  const json = gpt2Architecture.files(gpt2Architecture.sizes)["config.json"];
  const { shapes, spread } = gpt2Architecture.parameters(json, "config.json");
  const weights = [...drawWeights(0, shapes, spread)].map(([name, array]) => [`${decoderPrefix}.${name}`, array]);
  return { json, weights: new Map(weights) };
}

export function mapperWeights() {
  return initialMapperWeights(mapper, 0);
}

/** Token lengths as findings have them: log-normal, mean 14, deviation 8, at most 67. */
export function captionLengths(count, random = Random.named(0, "caption lengths")) {
  const variance = Math.log(1 + (8 / 14) ** 2);
  const centre = Math.log(14) - variance / 2;
  const draw = () => Math.round(Math.exp(centre + Math.sqrt(variance) * random.normal()));
  return Array.from({ length: count }, () => Math.min(67, Math.max(1, draw())));
}

/** Rows of a random visual vector of length 1 and random tokens. */
export function captionRows(count) {
  const random = Random.named(0, "caption rows");
  return captionLengths(count).map((length) => {
    const visual = Float32Array.from({ length: mapper.inputWidth }, () => random.normal());
    const norm = Math.hypot(...visual);
    const tokens = Array.from({ length }, () => 1 + random.integer(50256));
    return { visual: visual.map((value) => value / norm), tokens };
  });
}

/** Writes weights where a peer reads them. */
export async function shareWeights(dir, weights) {
  await mkdir(dir, { recursive: true });
  const path = join(dir, "weights.safetensors");
  await writeSafetensors(path, weights);
  return path;
}
