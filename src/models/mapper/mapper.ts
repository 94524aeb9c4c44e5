import { Graph, type Tensor } from "../../graph/index.ts";
import { Params } from "../../nn/index.ts";
import type { MapperConfig } from "./config.ts";
import { mlpMapper } from "./mlp.ts";
import { transformerMapper } from "./transformer.ts";

/** What every name of a mapper weight begins with. */
export const mapperPrefix = "clip_project";

/**
 * The mapper of either kind.
 * @param p the whole model's parameters
 * @param visual [B, C] float32
 * @returns prefix [B, P, E] float32
 */
export function mapper(p: Params, config: MapperConfig, visual: Tensor): Tensor {
  const build = config.kind === "transformer" ? transformerMapper : mlpMapper;
  return p.in(mapperPrefix, (p) => build(p, config, visual));
}

/** Input `visual` [B, C]; output `prefix` [B, P, E]. */
export function mapperGraph(config: MapperConfig, batchSize: number): Record<string, Tensor> {
  const graph = new Graph("mapper");
  return {
    prefix: mapper(new Params(graph), config, graph.input("visual", "float32", [batchSize, config.inputWidth])),
  };
}
