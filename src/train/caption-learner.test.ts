import { expect, it } from "vitest";
import { gradients, toOnnx } from "../graph/index.ts";
import type { CaptionerConfig } from "../models/captioner/index.ts";
import { parseGpt2Config } from "../models/gpt2/index.ts";
import { lossOf } from "./caption-learner.ts";

const decoder = parseGpt2Config(
  { model_type: "gpt2", vocab_size: 50, n_positions: 40, n_embd: 12, n_layer: 2, n_head: 3 },
  "test",
);
const model: CaptionerConfig = {
  mapper: {
    kind: "transformer",
    inputWidth: 6,
    decoderWidth: 12,
    prefixLength: 4,
    latentLength: 5,
    layers: 2,
    heads: 2,
    mlpRatio: 2,
  },
  decoder,
};

it.each([0, 0.3])("is the same graph whatever caption length it is built for, dropout %s", (rate) => {
  const trained = (builtFor: number) => {
    const loss = lossOf(model, 7, rate, builtFor);
    const parameters = [...loss.graph.inputs.values()].filter(({ origin }) => origin === "parameter");
    const named = gradients(loss, parameters).map((gradient, i) => [`gradient/${i}`, gradient] as const);
    return toOnnx({ loss, ...Object.fromEntries(named) });
  };
  const bytes = Buffer.from(trained(9));
  expect(bytes.equals(trained(9))).toBe(true);
  for (const length of [2, 17, 36]) expect(bytes.equals(trained(length)), `length ${length}`).toBe(true);
});
