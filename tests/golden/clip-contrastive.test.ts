/** CLIP's two towers and its contrastive loss against transformers, with every gradient. */
import { describe, expect, it } from "vitest";
import { float32, type HostArray, int64, type Shape, zerosFloat32 } from "../../src/base/arrays.ts";
import { Graph, gradients } from "../../src/graph/index.ts";
import { encodeImages, encodeTexts, parseClipConfig } from "../../src/models/clip/index.ts";
import { contrastiveLoss, Params, unitLength } from "../../src/nn/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { expectArrayClose, expectClose } from "../support/expect-close.ts";
import { readGolden } from "../support/golden.ts";
import { portableValues, portableWeights } from "../support/portable.ts";

interface Manifest {
  readonly seed: string;
  readonly vision: object;
  readonly text: Readonly<Record<string, number>>;
  readonly logScale: number;
  readonly tokens: number[][];
  readonly pixels: { readonly name: string; readonly shape: Shape };
  readonly parameters: Record<string, Shape>;
}

describe("CLIP's pretraining", () => {
  const golden = readGolden<Manifest>("clip-contrastive");
  const { seed, vision, text, logScale, tokens, pixels, parameters } = golden.manifest;
  const runtime = openRuntime();

  it("has transformers' embeddings, loss and gradients", async () => {
    const [B, S] = [tokens.length, tokens[0]!.length];
    const graph = new Graph("contrast");
    const p = new Params(graph);
    const images = unitLength(
      encodeImages(
        p,
        parseClipConfig({ model_type: "clip_vision_model", ...vision }, "golden"),
        graph.input("pixels", "float32", pixels.shape),
      ),
    );
    const textConfig = {
      width: text.hidden_size!,
      heads: text.num_attention_heads!,
      layers: text.num_hidden_layers!,
      innerWidth: text.intermediate_size!,
      epsilon: text.layer_norm_eps!,
      vocabularySize: text.vocab_size!,
      positions: text.max_position_embeddings!,
      projectionWidth: text.projection_dim!,
    };
    const lastPlaces = graph.input("lastPlaces", "int64", [B]);
    const texts = unitLength(encodeTexts(p, textConfig, graph.input("tokens", "int64", [B, S]), lastPlaces));
    const eye = float32(
      [B, B],
      Array.from({ length: B * B }, (_, i) => (i % (B + 1) === 0 ? 1 / B : 0)),
    );
    const loss = contrastiveLoss(images, texts, p.get("logit_scale", []), {
      textsOfImage: graph.constant(eye),
      imagesOfText: graph.constant(eye),
      bias: graph.constant(zerosFloat32([B, B])),
    });
    const names = Object.keys(parameters).filter((name) => graph.inputs.has(name));
    expect(names.sort()).toEqual(Object.keys(parameters).sort());
    const found = gradients(
      loss,
      names.map((name) => graph.inputs.get(name)!),
    );
    const weights = portableWeights(seed, parameters);
    weights.set("logit_scale", float32([], [logScale]));
    const named = Object.fromEntries(names.map((name, i) => [`gradient/${name}`, found[i]!]));
    await using session = await runtime.compile({ images, texts, loss, ...named }, { weights });
    const outputs = await session.run(
      new Map<string, HostArray>([
        ["pixels", portableValues(pixels.name, pixels.shape)],
        ["tokens", int64([B, S], tokens.flat())],
        [
          "lastPlaces",
          int64(
            [B],
            tokens.map((ids, b) => b * S + ids.indexOf(text.eos_token_id!)),
          ),
        ],
      ]),
    );
    expectArrayClose(outputs.get("images")!, golden.array("imageEmbeds"), "float32Engine");
    expectArrayClose(outputs.get("texts")!, golden.array("textEmbeds"), "float32Engine");
    expectClose(outputs.get("loss")!.data, golden.array("loss").data, "float32Engine");
    for (const name of names) {
      const gradient = outputs.get(`gradient/${name}`)!;
      // A key's bias moves all scores of a query alike, which the softmax does not see: only rounding is left.
      if (name.endsWith("k_proj.bias"))
        expect(Math.max(...(gradient.data as Float32Array).map(Math.abs))).toBeLessThan(1e-7);
      else expectArrayClose(gradient, golden.array(`gradient/${name}`), "float32Engine", name);
    }
  });
});
