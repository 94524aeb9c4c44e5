import { describe, expect, it } from "vitest";
import { portableInput, portableTensor, portableValues, portableWeights } from "./portable-weights.ts";

const first = (name: string, shape: number[]) => [...portableTensor(name, shape).data.subarray(0, 3)];

describe("portable weights", () => {
  it("gives the check values of METRICS.md §11.2, which are float32", () => {
    const rounded = (values: Float64Array) => [...values].map((v) => Math.fround(v).toFixed(10));
    expect(rounded(portableValues("embeddings.word_embeddings.weight", 3))).toEqual([
      "0.7494400740",
      "-0.1235890910",
      "-0.9900447726",
    ]);
    const bias = portableValues("transformer.layer.0.ffn.lin1.bias", 2).map((v) => 0.1 * v);
    expect(rounded(bias)).toEqual(["-0.0402850360", "-0.0014755852"]);
  });

  // Printed by oracle/portable.py with numpy 2.4, float32 shown at full precision.
  it("scales as oracle/portable.py does, to the bit", () => {
    expect(first("s/h.0.ln_1.weight", [4])).toEqual([1.0087867975234985, 1.0893890857696533, 0.9822120070457458]);
    expect(first("s/vision_model.pre_layrnorm.weight", [4])).toEqual([
      0.9791619181632996, 0.939167320728302, 1.0062633752822876,
    ]);
    expect(first("s/norm1.bias", [3])).toEqual([0.004264418501406908, 0.004361637867987156, -0.048161204904317856]);
    expect(first("s/wte.weight", [5, 3])).toEqual([0.040209174156188965, 0.41630983352661133, -0.49968552589416504]);
    expect(first("s/clip_project.linear.weight", [4, 7])).toEqual([
      -0.3848504424095154, -0.608646810054779, 0.3507201075553894,
    ]);
    expect(first("s/conv.weight", [2, 3, 2, 2])).toEqual([
      -0.3204076290130615, 0.4392905831336975, 0.09499365836381912,
    ]);
    expect(first("s/vision_model.embeddings.class_embedding", [3])).toEqual([
      -0.4881633222103119, 0.4254510998725891, -0.2856944799423218,
    ]);
    expect(first("s/plain", [3])).toEqual([1.3491851091384888, 1.7238774299621582, 1.650237798690796]);
    expect([...portableInput("input/s/x", [3]).data]).toEqual([
      -0.06245315447449684, -0.46630093455314636, -0.9988813400268555,
    ]);
  });

  it("names the tensors of a case after its seed", () => {
    const weights = portableWeights("case", new Map([["a.weight", [2, 3]]]));
    expect(weights.get("a.weight")).toEqual(portableTensor("case/a.weight", [2, 3]));
  });
});
