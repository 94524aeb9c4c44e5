/** Tiny systems and subjects that come from names, as oracle/explain.py makes them. */
import type { Shape } from "../../src/base/arrays.ts";
import { ExplainedSystem, type Subject, type SystemConfig } from "../../src/explain/index.ts";
import type { GreyImage } from "../../src/images/index.ts";
import type { VisualInput } from "../../src/models/captioner/index.ts";
import { configOfOpenAiNames, type EncoderConfig, parseClipConfig } from "../../src/models/clip/index.ts";
import { parseGpt2Config } from "../../src/models/gpt2/index.ts";
import type { MapperConfig } from "../../src/models/mapper/index.ts";
import type { Runtime } from "../../src/runtime/index.ts";
import { portableValues, portableWeights } from "./portable.ts";

export interface ExplainCase {
  readonly seed: string;
  readonly encoder: Readonly<Record<string, unknown>>;
  readonly mapper: Omit<MapperConfig, "decoderWidth" | "mlpRatio"> & { readonly width: number };
  readonly decoder: object;
  readonly input: VisualInput;
  readonly sentences: readonly (readonly number[])[];
  readonly parameters: Record<string, Shape>;
}

function encoderOf({ seed, encoder, parameters }: ExplainCase): EncoderConfig {
  if (encoder.patch_size === undefined)
    return configOfOpenAiNames(new Map(Object.entries(parameters).map(([name, shape]) => [name, { shape }])), seed);
  return parseClipConfig({ model_type: "clip_vision_model", ...encoder }, seed);
}

export function systemConfigOf(of: ExplainCase): SystemConfig {
  const { width, ...sizes } = of.mapper;
  const decoder = parseGpt2Config({ model_type: "gpt2", ...of.decoder }, of.seed);
  return {
    encoder: encoderOf(of),
    captioner: { mapper: { ...sizes, decoderWidth: width, mlpRatio: 2 }, decoder },
    input: of.input,
  };
}

export function openSystem(runtime: Runtime, of: ExplainCase, batchSize = 8): ExplainedSystem {
  return new ExplainedSystem(runtime, systemConfigOf(of), portableWeights(of.seed, of.parameters), batchSize);
}

function square(name: string, side: number): GreyImage {
  const { data } = portableValues(name, [side, side]);
  return { width: side, height: side, pixels: Uint8Array.from(data, (value) => Math.floor((value + 1) * 128)) };
}

/** The subjects of a case: a square for film and mask and a sentence each. */
export function subjectsOf(of: ExplainCase): Subject[] {
  const { imageSize } = encoderOf(of);
  return of.sentences.map((tokens, i) => {
    const at = (stream: string) => square(`input/${of.seed}/${i}/${stream}`, imageSize);
    return { squares: { image: at("image"), mask: at("mask") }, tokens };
  });
}
