/** The eight CLIP image encoders at full size against transformers and open_clip. */
import { describe, expect, it } from "vitest";
import type { Shape } from "../../src/base/arrays.ts";
import { type EncoderConfig, encoderGraph, encoderShapes, parseClipConfig } from "../../src/models/clip/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { expectClose } from "../support/expect-close.ts";
import { logPeak } from "../support/full-size.ts";
import { readGolden } from "../support/golden.ts";
import { portableValues, portableWeights } from "../support/portable.ts";

interface Case {
  readonly seed: string;
  readonly config: object;
  readonly pixels: { readonly name: string; readonly shape: Shape };
  readonly numbers: number;
}

const runtime = openRuntime();
const golden = readGolden<{ cases: Case[]; scales: Record<string, number> }>("encoders-full");

function configOf({ seed, config }: Case): EncoderConfig {
  if (seed.startsWith("ViT")) return parseClipConfig({ model_type: "clip_vision_model", ...config }, seed);
  return { kind: "resnet", ...config } as EncoderConfig;
}

describe("full-size encoders", () => {
  const cases = golden.manifest.cases;

  it.each(cases.map((c) => [c.seed, c] as const))("%s", async (seed, full) => {
    const config = configOf(full);
    const shapes = Object.fromEntries(encoderShapes(config));
    const weights = portableWeights(seed, shapes, golden.manifest.scales);
    const { name, shape } = full.pixels;
    await using session = await runtime.compile(encoderGraph(config, 1), { weights });
    const outputs = await session.run(new Map([["pixels", portableValues(name, shape)]]));
    const { data } = golden.array(`${seed}/embedding`);
    const length = Math.hypot(...data);
    expectClose(
      outputs.get("embeddings")!.data,
      data.map((value) => value / length),
      "float32Engine",
    );
    expect([...weights.values()].reduce((sum, array) => sum + array.data.length, 0)).toBe(full.numbers);
    logPeak(seed);
  });
});
