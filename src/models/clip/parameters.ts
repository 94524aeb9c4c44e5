/** The parameters of CLIP's image encoders, and how fresh ones are drawn. */
import type { Shape } from "../../base/arrays.ts";
import type { Spread } from "../../weights/index.ts";
import { parameterShapes } from "../parameter-shapes.ts";
import type { ClipVisionConfig } from "./config.ts";
import { type EncoderConfig, encoderGraph } from "./encoder.ts";

/** Official names and shapes of either kind of encoder. */
export function encoderShapes(config: EncoderConfig): Map<string, Shape> {
  return parameterShapes(encoderGraph(config, 1).embeddings!);
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
