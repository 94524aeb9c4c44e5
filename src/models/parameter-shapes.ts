import type { Shape } from "../base/arrays.ts";
import { reachableInputs, type Tensor } from "../graph/index.ts";

/** Names and shapes of the parameters behind an output: the model function itself is the only list of them. */
export function parameterShapes(output: Tensor): Map<string, Shape> {
  const parameters = reachableInputs([output]).filter(({ origin }) => origin === "parameter");
  return new Map(parameters.map(({ name, shape }) => [name, shape]));
}
