/** CLIP, GPT-2 and the mappers against PyTorch: forward, and for the mappers every gradient. */
import { describe, expect, it } from "vitest";
import { type HostArray, int64, type Shape } from "../../src/base/arrays.ts";
import { Graph, gradients, ops } from "../../src/graph/index.ts";
import { encodeImages, parseClipConfig } from "../../src/models/clip/index.ts";
import { decode, embedTokens, outputLogits, parseGpt2Config } from "../../src/models/gpt2/index.ts";
import { type MapperConfig, mapper, mapperShapes } from "../../src/models/mapper/index.ts";
import { Params } from "../../src/nn/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { expectAllClose, expectArrayClose } from "../support/expect-close.ts";
import { readGolden } from "../support/golden.ts";
import { portableValues, portableWeights } from "../support/portable.ts";

const runtime = openRuntime();

interface Input {
  readonly name: string;
  readonly shape: Shape;
}
type Shapes = Record<string, Shape>;

describe("CLIP's vision tower", () => {
  const golden = readGolden<{ cases: { seed: string; config: object; pixels: Input; parameters: Shapes }[] }>(
    "clip-vision",
  );
  const { cases } = golden.manifest;

  it.each(cases.map((c) => [c.seed, c] as const))("%s: embedding", async (seed, { config, pixels, parameters }) => {
    const clip = parseClipConfig({ model_type: "clip_vision_model", ...config }, "golden");
    const graph = new Graph("clip");
    const embedding = encodeImages(new Params(graph), clip, graph.input("pixels", "float32", pixels.shape));
    await using session = await runtime.compile({ embedding }, { weights: portableWeights(seed, parameters) });
    const outputs = await session.run(new Map([["pixels", portableValues(pixels.name, pixels.shape)]]));
    expectArrayClose(outputs.get("embedding")!, golden.array(`${seed}/embedding`), "float32Engine");
  });
});

describe("GPT-2", () => {
  const golden = readGolden<{
    cases: { seed: string; config: object; prefix: Input; tokens: number[][]; parameters: Shapes }[];
  }>("gpt2");
  const { cases } = golden.manifest;

  it.each(cases.map((c) => [c.seed, c] as const))(
    "%s: logits",
    async (seed, { config, prefix, tokens, parameters }) => {
      const gpt2 = parseGpt2Config({ model_type: "gpt2", ...config }, "golden");
      const shape = [tokens.length, tokens[0]!.length];
      const graph = new Graph("gpt2");
      const p = new Params(graph);
      const caption = embedTokens(p, gpt2, graph.input("tokens", "int64", shape));
      const embeds = ops.concat([graph.input("prefix", "float32", prefix.shape), caption], 1);
      const logits = outputLogits(p, gpt2, decode(p, gpt2, embeds));
      // What generation and training leave out of the last block changes nothing in what is left.
      const last = outputLogits(p, gpt2, decode(p, gpt2, embeds, 3));
      await using session = await runtime.compile({ logits, last }, { weights: portableWeights(seed, parameters) });
      const outputs = await session.run(
        new Map<string, HostArray>([
          ["prefix", portableValues(prefix.name, prefix.shape)],
          ["tokens", int64(shape, tokens.flat())],
        ]),
      );
      const expected = golden.array(`${seed}/logits`);
      expectArrayClose(outputs.get("logits")!, expected, "float32Engine");
      const [B, S, V] = expected.shape as [number, number, number];
      const rows = Array.from({ length: B }, (_, b) => [
        ...expected.data.subarray((b * S + 3) * V, (b + 1) * S * V),
      ]).flat();
      expectArrayClose(
        outputs.get("last")!,
        { dtype: "float32", shape: [B, S - 3, V], data: Float32Array.from(rows) },
        "float32Engine",
      );
    },
  );
});

describe("mappers", () => {
  const golden = readGolden<{
    cases: {
      seed: string;
      config: {
        kind: MapperConfig["kind"];
        inputWidth: number;
        prefixLength: number;
        width: number;
        latentLength?: number;
        heads?: number;
        layers?: number;
      };
      features: Input;
      G: Input;
      parameters: Shapes;
    }[];
  }>("mapper");
  const { cases } = golden.manifest;

  it.each(cases.map((c) => [c.seed, c] as const))(
    "%s: prefix and every gradient",
    async (seed, { config, features, G, parameters }) => {
      const { width, latentLength = 1, heads = 1, layers = 1, ...rest } = config;
      const model: MapperConfig = { ...rest, decoderWidth: width, latentLength, heads, layers, mlpRatio: 2 };
      expect(Object.fromEntries(mapperShapes(model))).toEqual(parameters);
      const graph = new Graph("mapper");
      const visual = graph.input("visual", "float32", features.shape);
      const prefix = mapper(new Params(graph), model, visual);
      const loss = ops.reduceSum(ops.mul(prefix, graph.constant(portableValues(G.name, G.shape))));
      const names = Object.keys(parameters);
      const targets = [visual, ...names.map((name) => graph.inputs.get(name)!)];
      const made = gradients(loss, targets);
      const outputs = Object.fromEntries(["features", ...names].map((name, i) => [`gradient/${name}`, made[i]!]));
      await using session = await runtime.compile(
        { P: prefix, ...outputs },
        { weights: portableWeights(seed, parameters) },
      );
      const actual = await session.run(new Map([["visual", portableValues(features.name, features.shape)]]));
      expectAllClose(actual, golden.under(`${seed}/`), "float32Engine");
    },
  );
});
