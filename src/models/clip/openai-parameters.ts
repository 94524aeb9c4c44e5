/** The parameters of CLIP's image encoders under OpenAI's names, and how OpenAI drew fresh ones. */
import { type Shape, sizeOf } from "../../base/arrays.ts";
import type { Spread } from "../../weights/index.ts";
import type { EncoderConfig } from "./encoder.ts";
import { openAiSource } from "./openai-names.ts";
import { encoderShapes } from "./parameters.ts";

/** Names and shapes of the tensors that OpenAI's files have and that are read. */
export function openAiShapes(config: EncoderConfig): Map<string, Shape> {
  const shapes = encoderShapes(config);
  if (config.kind === "resnet") return shapes;
  return new Map(
    [...shapes].map(([name, shape]) => {
      const source = openAiSource(name, shape);
      return [source.name, source.shape];
    }),
  );
}

/**
 * How a fresh tensor is drawn: PyTorch's defaults where OpenAI's code says nothing else. Uniform draws become normal ones
 * of the same deviation. The last norm of every residual block begins at 0, so that a block begins as its shortcut.
 */
export function openAiSpread(shapes: ReadonlyMap<string, Shape>, name: string): Spread {
  const constant = (mean: number): Spread => ({ mean, deviation: 0 });
  const normal = (deviation: number): Spread => ({ mean: 0, deviation });
  if (name.endsWith("bn3.weight")) return constant(0);
  if (/(ln_\w+|bn\d|downsample\.1)\.weight$|running_var$/.test(name)) return constant(1);
  if (/(ln_\w+|bn\d|downsample\.1|out_proj)\.bias$|running_mean$|in_proj_bias$/.test(name)) return constant(0);
  const shape = shapes.get(name)!;
  if (/(class_embedding|visual\.proj)$/.test(name)) return normal(shape[0]! ** -0.5);
  if (/positional_embedding$|attnpool\.\w_proj\.weight$/.test(name)) return normal(shape[1]! ** -0.5);
  if (name.endsWith("in_proj_weight")) return normal((2 * shape[1]!) ** -0.5); // Xavier's over 3E outputs
  const weight = shapes.get(name.replace(/bias$/, "weight"))!;
  return normal((3 * sizeOf(weight.slice(1))) ** -0.5);
}
