/** The mapper that a checkpoint without a configuration holds, read off the shapes of its tensors. */
import type { Shape } from "../../base/arrays.ts";
import { ModelError } from "../../base/errors.ts";
import type { MapperConfig } from "./config.ts";
import { mapperPrefix } from "./mapper.ts";

/**
 * @param decoderWidth E, which the shapes of an `mlp` mapper do not tell
 * @param heads of the transformer; no shape tells them, and the public code has 8
 * @param where the file, for errors
 * @throws ModelError when the tensors are not those of a mapper of either kind
 */
export function mapperConfigOf(
  stored: ReadonlyMap<string, { readonly shape: Shape }>,
  decoderWidth: number,
  heads: number,
  where: string,
): MapperConfig {
  const size = (name: string, axis: number): number => {
    const found = stored.get(`${mapperPrefix}.${name}`)?.shape[axis];
    if (found !== undefined) return found;
    throw new ModelError("The checkpoint holds no mapper that can be read.", {
      where: `${where}, tensor "${mapperPrefix}.${name}"`,
      expected: "a transformer mapper or ClipCap's mlp mapper",
      found: `none of that name among ${stored.size} tensors`,
    });
  };
  const divided = (whole: number, part: number, what: string): number => {
    if (whole % part === 0) return whole / part;
    throw new ModelError("The mapper does not fit the decoder.", {
      where,
      expected: `${what} of a multiple of ${part}, the decoder's width`,
      found: String(whole),
      remedy: "Give the decoder that the mapper was trained for.",
    });
  };
  if (stored.has(`${mapperPrefix}.model.0.weight`)) {
    const prefixLength = divided(size("model.2.weight", 0), decoderWidth, "an output");
    const inputWidth = size("model.0.weight", 1);
    return { kind: "mlp", inputWidth, decoderWidth, prefixLength, latentLength: 1, layers: 1, heads: 1, mlpRatio: 2 };
  }
  const width = size("prefix_const", 1);
  divided(width, decoderWidth, "a prefix");
  const layer = /^clip_project\.transformer\.layers\.\d+\.norm1\.weight$/;
  return {
    kind: "transformer",
    inputWidth: size("linear.weight", 1),
    decoderWidth: width,
    prefixLength: size("prefix_const", 0),
    latentLength: divided(size("linear.weight", 0), width, "a linear layer"),
    layers: [...stored.keys()].filter((name) => layer.test(name)).length,
    heads,
    mlpRatio: divided(size("transformer.layers.0.mlp.fc1.weight", 0), width, "an MLP"),
  };
}
