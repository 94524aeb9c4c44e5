/** The sizes of an encoder whose weights come without a configuration, read from its tensors. */
import type { Shape } from "../../base/arrays.ts";
import { ModelError } from "../../base/errors.ts";
import type { BertConfig } from "./config.ts";
import { layerNames } from "./names.ts";

/** Width of a head in every published BERT; a tensor does not say it. */
const usualHeadWidth = 64;

/**
 * @param shapeOf the shape of a tensor by its official name, undefined where the file has none
 * @param where the file, for errors
 * @returns the configuration of a BERT of these sizes, with heads of the usual width
 * @throws ModelError when the file does not hold a BERT
 */
export function inferBertConfig(shapeOf: (name: string) => Shape | undefined, where: string): BertConfig {
  const matrix = (name: string): readonly [number, number] => {
    const shape = shapeOf(name);
    if (shape?.length === 2) return [shape[0]!, shape[1]!];
    throw new ModelError("The weights are not those of a BERT.", {
      where: `${where}, tensor "${name}"`,
      expected: "a matrix",
      found: shape === undefined ? "no such tensor" : `${shape.length} axes`,
      remedy: "Give the file of the model that the metric needs.",
    });
  };
  const names = layerNames.bert;
  const [vocabularySize, width] = matrix("embeddings.word_embeddings.weight");
  const [positions] = matrix("embeddings.position_embeddings.weight");
  const [tokenTypes] = matrix("embeddings.token_type_embeddings.weight");
  const [innerWidth] = matrix(`${names.layer}.0.${names.inner}.weight`);
  let layers = 1;
  while (shapeOf(`${names.layer}.${layers}.${names.inner}.weight`) !== undefined) layers++;
  return {
    family: "bert",
    width,
    layers,
    heads: Math.max(1, Math.floor(width / usualHeadWidth)),
    innerWidth,
    vocabularySize,
    positions,
    firstPosition: 0,
    tokenTypes,
    epsilon: 1e-12,
  };
}
