import { describe, expect, it } from "vitest";
import { portableTensor, portableValues, portableWeights } from "./portable.ts";

/** The expected numbers were printed by oracle/portable.py. */
describe("portable numbers", () => {
  it("are the oracle's for an input", () => {
    expect([...portableValues("input/é/x", [6]).data]).toEqual([
      0.036244139075279236, -0.10834748297929764, 0.24798759818077087, -0.18481217324733734, 0.1033802404999733,
      -0.7118502855300903,
    ]);
  });

  it.each([
    ["a/h.0.ln_1.weight", [2], [1.0882201194763184, 0.9019363522529602]],
    ["a/vision_model.pre_layrnorm.weight", [2], [0.931662917137146, 0.953677237033844]],
    ["a/norm1.bias", [2], [0.09068787097930908, -0.02012072131037712]],
    ["a/wte.weight", [1, 2], [0.45088517665863037, 0.3073735237121582]],
    ["a/embeddings.class_embedding", [2], [-0.266643762588501, 0.48219767212867737]],
    ["a/fc.weight", [1, 2, 1], [-0.3585100769996643, 0.025077614933252335]],
    ["a/plain", [2], [0.48469921946525574, 0.9894823431968689]],
  ])("are the oracle's for %s", (name, shape, expected) => {
    const array = portableTensor(name, shape);
    expect(array.shape).toEqual(shape);
    expect([...array.data]).toEqual(expected);
  });

  it("are METRICS.md's at its check values (§11.2)", () => {
    const digits = (values: Float32Array) => [...values].map((value) => value.toFixed(10));
    const embeddings = portableValues("embeddings.word_embeddings.weight", [3]);
    expect(digits(embeddings.data)).toEqual(["0.7494400740", "-0.1235890910", "-0.9900447726"]);
    const bias = portableTensor("transformer.layer.0.ffn.lin1.bias", [2]);
    expect(digits(bias.data)).toEqual(["-0.0402850360", "-0.0014755852"]);
  });

  it("fill a model, scaled where a name ends as asked", () => {
    const shapes = { "h.0.ln_1.weight": [2], "wte.weight": [1, 2] };
    const weights = portableWeights("a", shapes, { "wte.weight": 4 });
    expect([...weights.keys()]).toEqual(Object.keys(shapes));
    expect(weights.get("h.0.ln_1.weight")).toEqual(portableTensor("a/h.0.ln_1.weight", [2]));
    expect([...weights.get("wte.weight")!.data]).toEqual([4 * 0.45088517665863037, 4 * 0.3073735237121582]);
  });
});
