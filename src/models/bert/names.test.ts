import { describe, expect, it } from "vitest";
import { bertStoredName } from "./names.ts";

describe("names in files", () => {
  it.each([
    ["as they are", ["embeddings.word_embeddings.weight"], "embeddings.LayerNorm.weight"],
    ["behind the model's", ["bert.embeddings.word_embeddings.weight"], "bert.embeddings.LayerNorm.weight"],
    [
      "of old",
      ["bert.embeddings.word_embeddings.weight", "bert.embeddings.LayerNorm.gamma"],
      "bert.embeddings.LayerNorm.gamma",
    ],
    ["unknown", ["gpt.wte.weight"], "embeddings.LayerNorm.weight"],
  ])("%s", (_, names, expected) => {
    expect(bertStoredName(new Set(names))("embeddings.LayerNorm.weight")).toBe(expected);
  });

  it("leaves other biases alone in old files", () => {
    const stored = bertStoredName(new Set(["embeddings.LayerNorm.gamma", "embeddings.word_embeddings.weight"]));
    expect(stored("encoder.layer.0.output.LayerNorm.bias")).toBe("encoder.layer.0.output.LayerNorm.beta");
    expect(stored("encoder.layer.0.output.dense.bias")).toBe("encoder.layer.0.output.dense.bias");
  });
});
