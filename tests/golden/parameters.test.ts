/** Parameter names and shapes of the models against transformers'. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { encoderShapes, parseClipConfig } from "../../src/models/clip/index.ts";
import { gpt2Shapes, parseGpt2Config } from "../../src/models/gpt2/index.ts";

interface Case {
  readonly seed: string;
  readonly config: JsonObject;
  readonly parameters: Record<string, number[]>;
}

async function casesOf(topic: string): Promise<Case[]> {
  const text = await readFile(new URL(`${topic}/manifest.json`, import.meta.url), "utf8");
  return (JSON.parse(text) as { cases: Case[] }).cases;
}

describe.each(await casesOf("clip-vision"))("CLIP $seed", ({ config, parameters }) => {
  it("has the reference's parameters", () => {
    const parsed = parseClipConfig({ model_type: "clip_vision_model", ...config }, "manifest.json");
    expect(Object.fromEntries(encoderShapes(parsed))).toEqual(parameters);
  });
});

describe.each(await casesOf("gpt2"))("GPT-2 $seed", ({ config, parameters }) => {
  it("has the reference's parameters", () => {
    const parsed = parseGpt2Config({ model_type: "gpt2", ...config }, "manifest.json");
    expect(Object.fromEntries(gpt2Shapes(parsed))).toEqual(parameters);
  });
});
