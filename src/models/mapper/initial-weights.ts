/** Fresh weights of a mapper, as PyTorch initialises them: the start of every training. */
import { type HostArray, type Shape, sizeOf } from "../../base/arrays.ts";
import { Random } from "../../base/random.ts";
import { reachableInputs } from "../../graph/index.ts";
import type { Weights } from "../../weights/index.ts";
import type { MapperConfig } from "./config.ts";
import { mapperGraph } from "./mapper.ts";

/** Names and shapes, read off the model function itself. */
export function mapperShapes(config: MapperConfig): Map<string, Shape> {
  const { prefix } = mapperGraph(config, 1);
  const parameters = reachableInputs([prefix!]).filter(({ origin }) => origin === "parameter");
  return new Map(parameters.map(({ name, shape }) => [name, shape]));
}

/**
 * Linear layers: weight and bias uniform in ±1/√in. Norms: 1 and 0. The learned prefix: standard normal.
 * Each tensor has a random stream of its own, named after it.
 */
export function initialMapperWeights(config: MapperConfig, seed: number): Weights {
  const shapes = mapperShapes(config);
  const draw = (name: string, shape: Shape): HostArray => {
    const random = Random.named(seed, name);
    const data = new Float32Array(sizeOf(shape));
    if (/norm\d\.weight$/.test(name)) data.fill(1);
    else if (name.endsWith("prefix_const")) fill(data, () => random.normal());
    else if (!/norm\d\.bias$/.test(name)) {
      const fanIn = shapes.get(name.replace(/bias$/, "weight"))![1]!;
      const bound = 1 / Math.sqrt(fanIn);
      fill(data, () => random.between(-bound, bound));
    }
    return { dtype: "float32", shape, data };
  };
  return new Map([...shapes].map(([name, shape]) => [name, draw(name, shape)]));
}

function fill(data: Float32Array, value: () => number): void {
  for (let i = 0; i < data.length; i++) data[i] = value();
}
