/** The parameters of CLIP's vision tower, and how fresh ones are drawn. */
import type { Shape } from "../../base/arrays.ts";
import { Graph } from "../../graph/index.ts";
import { Params } from "../../nn/index.ts";
import type { Spread } from "../../weights/index.ts";
import { parameterShapes } from "../parameter-shapes.ts";
import type { ClipVisionConfig } from "./config.ts";
import { encodeImages } from "./forward.ts";

/** Official names and shapes. */
export function clipVisionShapes(config: ClipVisionConfig): Map<string, Shape> {
  const graph = new Graph("clip");
  const pixels = graph.input("pixels", "float32", [1, 3, config.imageSize, config.imageSize]);
  return parameterShapes(encodeImages(new Params(graph), config, pixels));
}

/** Hugging Face's initialisation of CLIP at factor 1. */
export function clipVisionSpread({ width, layers }: ClipVisionConfig, name: string): Spread {
  const normal = (deviation: number): Spread => ({ mean: 0, deviation });
  if (/norm\w*\.weight$/.test(name)) return { mean: 1, deviation: 0 };
  if (name.endsWith(".bias")) return normal(0);
  if (/(patch|position)_embedding\.weight$/.test(name)) return normal(0.02);
  if (/mlp\.fc1\.weight$/.test(name)) return normal((2 * width) ** -0.5);
  if (/(q_proj|k_proj|v_proj|mlp\.fc2)\.weight$/.test(name)) return normal(width ** -0.5 * (2 * layers) ** -0.5);
  return normal(width ** -0.5); // class token, output projections
}
